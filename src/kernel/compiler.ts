import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Cell, NotebookNames } from './cell';
import { CellHelp, type CellToRead } from './cell-help';
import { CellProgram, type CodeProblem } from './cell-program';
import { type CellSyntax, cellSyntax, literalDeclarations } from './cell-syntax';
import { type CompiledModules, hashOf } from './compiled-modules.mjs';
import { emitCell } from './emit-cell';
import { ModuleGraph } from './module-graph';
import { type Completions, pathCompletions } from './path-completion';
import { transpileModules } from './transpile-modules';

export interface CompiledCell {
  id: string;
  code: string;
  map: object | null;
  /** Names that it declares. */
  declared: string[];
  /** Where there are any, it is not to be run. */
  problems: CodeProblem[];
}

/** Called while a cell's modules are compiled: how many have been found right, of how many. */
export type OnCompiling = (done: number, modules: number) => void;

export function compilingText(...[done, modules]: Parameters<OnCompiling>): string {
  return `compiling ${done} of ${modules} modules`;
}

/** Files that say what packages and options a check was made with. */
const ENVIRONMENT_FILES = ['bun.lock', 'tsconfig.json'];

/**
 * Compiles the cells of one notebook, in the order in which they are run. JavaScript is kept by the content it was made
 * of, and that a cell was found right by the content of all it imports; what did not change is not looked at again, in this
 * kernel or another.
 */
export class Compiler {
  private readonly names: NotebookNames;
  private readonly folders: readonly string[];
  private readonly graph: ModuleGraph;
  private readonly environment: string;
  private readonly help: CellHelp;
  /** By the cell's id, while one cell is compiled: cells lead to each other in many ways, and files are looked at for each. */
  private readonly keys = new Map<string, string>();
  /** The last cell of {@link compile}, until it is added. */
  private current: Cell | undefined;

  /**
   * @param folder of the notebook
   * @param program which is closed by who made it
   */
  constructor(
    private readonly modules: CompiledModules,
    private readonly folder = modules.notebookFolder,
    private readonly program = new CellProgram(modules),
  ) {
    this.names = new NotebookNames(folder);
    this.folders = [folder, modules.root];
    this.graph = new ModuleGraph(modules);
    this.help = new CellHelp(modules, folder);
    const files = ENVIRONMENT_FILES.map((file) => path.join(modules.root, file))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file));
    this.environment = hashOf(modules.compilerVersion, ...files);
  }

  /** The cells of a whole notebook in their places, for a type checker that is to see them at once. */
  place(sources: string[]): Cell[] {
    const names = new NotebookNames(this.folder);
    return sources.map((source) => {
      const cell = names.place(this.syntax(source));
      names.add(cell);
      return cell;
    });
  }

  async compile(source: string, onCompiling: OnCompiling = () => {}): Promise<CompiledCell> {
    this.graph.lookAgain();
    this.keys.clear();
    const cell = this.names.place(this.syntax(source));
    this.current = cell;
    const imported = this.reachedFrom([cell]);
    const key = this.key(cell);
    const isRight = this.modules.read('cell-types', key) !== undefined;
    const problems = isRight ? [] : await this.check(cell, imported, onCompiling);
    const declared = Object.keys(cell.syntax.declared);
    if (problems.length > 0) return { id: cell.id, code: '', map: null, declared, problems };
    if (!isRight) this.modules.write('cell-types', key, true);
    const uncompiled = imported.filter((file) => !this.modules.isCompiled(file));
    if (uncompiled.length > 0)
      this.modules.compileTogether(uncompiled, (modules) => transpileModules(this.modules, modules));
    const { code, map } = this.kept('cell', cell.executedText, () => emitCell(this.modules, cell));
    return { id: cell.id, code, map, declared, problems };
  }

  /** The last cell has been run: later ones find these of its names, and its types. */
  add(names: string[]): void {
    const { current } = this;
    if (!current) return;
    const types = Object.entries(current.syntax.declared).filter(([, kind]) => kind === 'type');
    this.names.add(current, [...names, ...types.map(([name]) => name)]);
  }

  /** @param position in the cell, in UTF-16 units */
  async complete(source: string, position: number): Promise<Completions> {
    const paths = pathCompletions(source, position, this.folders);
    return paths ?? this.help.completions(this.placedForReading(source), position);
  }

  /** @returns the type and docstring of the name at a position in the cell */
  async inspect(source: string, position: number): Promise<string | undefined> {
    return this.help.explanation(this.placedForReading(source), position);
  }

  /** Ends the compiler's processes, if there are any. */
  close(): void {
    this.help.stop();
    this.program.close();
  }

  private placedForReading(source: string): CellToRead {
    this.graph.lookAgain();
    const cell = this.names.place(cellSyntax(this.modules.typescript, source), { all: true });
    const others = this.names.cells();
    return { cell, others, imported: this.reachedFrom([...others, cell]) };
  }

  private syntax(source: string): CellSyntax {
    return this.kept('syntax', source, () => cellSyntax(this.modules.typescript, source));
  }

  /** What is made of a text and of nothing else. */
  private kept<T>(kind: string, text: string, make: () => T): T {
    const key = hashOf(this.environment, text);
    const found = this.modules.read(kind, key) as T | undefined;
    if (found !== undefined) return found;
    const made = make();
    this.modules.write(kind, key, made);
    return made;
  }

  private importsOf({ modules }: CellSyntax): string[] {
    return modules.flatMap((imported) => this.graph.resolve(this.folders, imported) ?? []);
  }

  /** One hash for all on which it depends whether a cell is right. */
  private key(cell: Cell): string {
    const known = this.keys.get(cell.id);
    if (known !== undefined) return known;
    const uses = [...cell.uses].map(([name, used]) => `${name} ${this.typeKey(name, used)}`);
    const imported = this.graph.closure(this.importsOf(cell.syntax));
    const literals = literalDeclarations(cell.syntax.source);
    const text = literals ? ['literals', JSON.stringify(literals)] : [cell.syntax.source];
    const key = hashOf(this.environment, ...text, ...uses, this.graph.contentHash(imported));
    this.keys.set(cell.id, key);
    return key;
  }

  /**
   * What a later cell depends on by using a name. Where the cell that declared it gives literals and does nothing else,
   * the name's type says it all: so a notebook's cells stay right whatever experiment its parameters cell names.
   */
  private typeKey(name: string, cell: Cell): string {
    return literalDeclarations(cell.syntax.source)?.[name] ?? this.key(cell);
  }

  /** The modules that cells import, at whatever remove. */
  private reachedFrom(cells: Iterable<Cell>): string[] {
    const imported = [...cells].flatMap((cell) => this.importsOf(cell.syntax));
    return [...this.graph.closure(imported)].filter((file) => !file.endsWith('.json'));
  }

  /** @returns what is wrong with the cell; where nothing is, what is wrong with the modules that it imports */
  private async check(cell: Cell, imported: readonly string[], onCompiling: OnCompiling): Promise<CodeProblem[]> {
    const { program } = this;
    if (imported.length > 0) onCompiling(0, imported.length);
    await program.look(withUsed(cell));
    const ofCell = await program.ofCell(cell);
    if (ofCell.length > 0) return ofCell;
    const problems: CodeProblem[] = [];
    for (const [index, file] of imported.entries()) {
      problems.push(...(await program.ofFile(file)));
      onCompiling(index + 1, imported.length);
    }
    if (problems.length > 0) return problems;
    // A module that cannot be read gives any type to what another cell imports from it.
    const reached = this.reachedFrom(withUsed(cell));
    return (await Promise.all(reached.map((file) => program.syntaxOf(file)))).flat();
  }
}

/** A cell, and those that it uses at whatever remove. */
export function withUsed(cell: Cell): Set<Cell> {
  const cells = new Set([cell]);
  // A set hands out what is added to it while it is gone through.
  for (const each of cells) for (const used of each.uses.values()) cells.add(used);
  return cells;
}
