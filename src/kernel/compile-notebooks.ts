import { CellTypes } from './cell-types';
import type { CompiledModules } from './compiled-modules.mjs';
import { type CompiledCell, Compiler } from './compiler';

export interface NotebookSources {
  /** The notebook's, absolute. */
  folder: string;
  /** Of its cells, in their order. */
  sources: string[];
}

/**
 * Compiles the cells of notebooks as a kernel does that runs each from the top, and leaves what comes of it for the kernels
 * that will. One type checker sees all of them, which takes a fraction of what one for each cell takes.
 */
export function compileNotebooks(modules: CompiledModules, notebooks: readonly NotebookSources[]): CompiledCell[][] {
  const types = new CellTypes(modules);
  const compilerIn = (folder: string) => new Compiler(modules, types, folder);
  types.setCells(notebooks.flatMap(({ folder, sources }) => compilerIn(folder).place(sources)));
  return notebooks.map(({ folder, sources }) => {
    const compiler = compilerIn(folder);
    return sources.map((source) => {
      const cell = compiler.compile(source);
      compiler.add(cell.declared);
      return cell;
    });
  });
}
