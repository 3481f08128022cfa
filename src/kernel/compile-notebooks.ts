import type { Cell } from './cell';
import { CellTypes } from './cell-types';
import type { CompiledModules } from './compiled-modules.mjs';
import { type CompiledCell, Compiler, withUsed } from './compiler';

export interface NotebookSources {
  /** The notebook's, absolute. */
  folder: string;
  /** Of its cells, in their order. */
  sources: string[];
}

/**
 * Compiles the cells of notebooks as a kernel does that runs each from the top, and leaves what comes of it for the kernels
 * that will. One type check of a folder's cells takes a fraction of what one for each cell takes.
 */
export function compileNotebooks(modules: CompiledModules, notebooks: readonly NotebookSources[]): CompiledCell[][] {
  const seen = new Map<string, () => CellTypes | undefined>();
  for (const folder of new Set(notebooks.map((notebook) => notebook.folder))) {
    const beside = notebooks.filter((notebook) => notebook.folder === folder);
    let types: CellTypes | undefined | null = null;
    seen.set(folder, () => {
      const place = ({ sources }: NotebookSources) => new Compiler(modules, folder).place(sources);
      if (types === null) types = typesOf(modules, beside.flatMap(place));
      return types;
    });
  }
  return notebooks.map(({ folder, sources }) => {
    const compiler = new Compiler(modules, folder, seen.get(folder));
    return sources.map((source) => {
      const cell = compiler.compile(source);
      compiler.add(cell.declared);
      return cell;
    });
  });
}

/** @returns undefined if modules hold mistakes of syntax: then each cell has to be looked at by itself */
function typesOf(modules: CompiledModules, cells: readonly Cell[]): CellTypes | undefined {
  const types = new CellTypes(modules, new Set(cells));
  if (types.isWhole()) return types;
  const isWell = (cell: Cell) => types.ofCell(cell).length === 0;
  const well = cells.filter((cell) => [...withUsed(cell)].every(isWell));
  if (well.length === 0 || well.length === cells.length) return undefined;
  return typesOf(modules, well);
}
