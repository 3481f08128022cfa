import { CellProgram } from './cell-program';
import type { CompiledModules } from './compiled-modules.mjs';
import { type CompiledCell, Compiler, type OnCompiling } from './compiler';

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
export async function compileNotebooks(
  modules: CompiledModules,
  notebooks: readonly NotebookSources[],
  onCompiling?: OnCompiling,
): Promise<CompiledCell[][]> {
  const programs = new Map<string, CellProgram>();
  for (const folder of new Set(notebooks.map((notebook) => notebook.folder))) {
    const beside = notebooks.filter((notebook) => notebook.folder === folder);
    const together = () => beside.flatMap(({ sources }) => new Compiler(modules, folder).place(sources));
    programs.set(folder, new CellProgram(modules, together));
  }
  try {
    const compiled: CompiledCell[][] = [];
    for (const { folder, sources } of notebooks) {
      const compiler = new Compiler(modules, folder, programs.get(folder));
      const cells: CompiledCell[] = [];
      for (const source of sources) {
        const cell = await compiler.compile(source, onCompiling);
        compiler.add(cell.declared);
        cells.push(cell);
      }
      compiled.push(cells);
    }
    return compiled;
  } finally {
    for (const program of programs.values()) program.close();
  }
}
