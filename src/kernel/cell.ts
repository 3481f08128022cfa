import type { CellSyntax, NameKind } from './cell-syntax';
import { hashOf } from './compiled-modules.mjs';

/**
 * A cell among the others: a TypeScript module that takes what it mentions from the cells that declared it last. Both
 * texts hold the cell from their second line on.
 */
export interface Cell {
  /** The same for the same text with the same cells before it. */
  id: string;
  /** Its notebook's: relative imports are looked for there, then in the project folder. */
  folder: string;
  syntax: CellSyntax;
  /** The cell that declared a name which this one mentions. */
  uses: Map<string, Cell>;
  /** For the type checker: imports names of other cells from their modules, and exports its own. */
  checkedText: string;
  /** For execution: finds names of other cells in the notebook's scope, and declares its own there. */
  executedText: string;
}

/** The module by which an executed cell finds what other cells declared. */
export const SCOPE_MODULE = '#notebook';
/** What an executed cell calls: `declare`, `imported`, `result`. */
export const CELL_HELPERS = '__notebook';

/** Lines before the cell in its texts. */
export const HEADER_LINES = 1;

/** The names that the cells so far have left, each with the cell that declared it last. */
export class NotebookNames {
  private readonly declaredBy = new Map<string, Cell>();

  /** @param folder of the notebook */
  constructor(private readonly folder: string) {}

  /** The cell in its place after those so far. With `all` it takes every name, for completion. */
  place(syntax: CellSyntax, { all = false } = {}): Cell {
    const wanted = all ? [...this.declaredBy.keys()] : syntax.mentioned;
    const uses = new Map<string, Cell>();
    for (const name of wanted) {
      const cell = this.declaredBy.get(name);
      if (cell && !(name in syntax.declared)) uses.set(name, cell);
    }
    const { folder } = this;
    const id = hashOf(folder, syntax.source, ...[...uses].map(([name, cell]) => `${name} ${cell.id}`));
    return {
      id,
      folder,
      syntax,
      uses,
      checkedText: checkedText(syntax, uses),
      executedText: executedText(syntax, uses),
    };
  }

  /** @param names of those the cell declares; all, unless it failed halfway */
  add(cell: Cell, names: Iterable<string> = Object.keys(cell.syntax.declared)): void {
    for (const name of names) this.declaredBy.set(name, cell);
  }

  /** The cells that still matter: those that declared a name, and those that these use. */
  cells(): Set<Cell> {
    const cells = new Set<Cell>();
    const visit = (cell: Cell) => {
      if (cells.has(cell)) return;
      cells.add(cell);
      for (const used of cell.uses.values()) visit(used);
    };
    for (const cell of this.declaredBy.values()) visit(cell);
    return cells;
  }
}

/** Name of a cell's module, relative to the project folder. */
export function cellFileName({ id }: Pick<Cell, 'id'>): string {
  return `cell-${id}.ts`;
}

function checkedText({ source, declared }: CellSyntax, uses: Map<string, Cell>): string {
  const taken = [...uses].map(([name, cell]) => {
    const module = `'./${cellFileName(cell).replace(/\.ts$/, '')}'`;
    // What is imported cannot be assigned to.
    return kindOf(cell, name) === 'variable'
      ? `declare let ${name}: typeof import(${module}).${name};`
      : `import { ${name} } from ${module};`;
  });
  return `${taken.join(' ')} export { ${Object.keys(declared).join(', ')} };\n${source}`;
}

function executedText({ source, declared, imported }: CellSyntax, uses: Map<string, Cell>): string {
  const taken = [...uses].filter(([name, cell]) => kindOf(cell, name) !== 'type').map(([name]) => name);
  const left = Object.entries(declared)
    .filter(([, kind]) => kind !== 'type')
    .map(([name, kind]) => {
      if (name in imported)
        return `${name}: { get: () => ${CELL_HELPERS}.imported(${JSON.stringify(imported[name].module)}, ${JSON.stringify(imported[name].name)}) }`;
      const get = `get: () => ${name}`;
      return `${name}: { ${kind === 'variable' ? `${get}, set: (value) => { ${name} = value; }` : `${get}, constant: true`} }`;
    });
  const header = [
    ...(taken.length > 0 ? [`import { ${taken.join(', ')} } from '${SCOPE_MODULE}';`] : ['export {};']),
    ...(left.length > 0 ? [`${CELL_HELPERS}.declare({ ${left.join(', ')} });`] : []),
  ];
  return `${header.join(' ')}\n${source}`;
}

function kindOf(cell: Cell, name: string): NameKind {
  return cell.syntax.declared[name];
}
