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
 * A cell that loads what a notebook's cells import of the library, for a kernel that is not needed yet; '' where that is
 * nothing. Modules beside the notebook are left out: they may look, while they load, at what an earlier notebook leaves.
 */
export function loadingCell(sources: readonly string[]): string {
  const imports = sources.join('\n').matchAll(/^(?:import (?!type )|\} ).*\bfrom '(\.\/src\/[^']+)';?$/gm);
  return [...new Set([...imports].map(([, module]) => `import '${module}';`))].join('\n');
}

/**
 * Compiles the cells of notebooks, and what loads their imports, as a kernel does that runs each from the top, and leaves
 * what comes of it for the kernels that will. One type check of a folder's cells takes a fraction of what one for each takes.
 */
export async function compileNotebooks(
  modules: CompiledModules,
  notebooks: readonly NotebookSources[],
  onCompiling?: OnCompiling,
): Promise<CompiledCell[][]> {
  const programs = new Map<string, CellProgram>();
  for (const folder of new Set(notebooks.map((notebook) => notebook.folder))) {
    const beside = notebooks.filter((notebook) => notebook.folder === folder);
    const together = () =>
      beside.flatMap(({ sources }) => new Compiler(modules, folder).place([...sources, loadingCell(sources)]));
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
      await new Compiler(modules, folder, programs.get(folder)).compile(loadingCell(sources));
    }
    return compiled;
  } finally {
    for (const program of programs.values()) program.close();
  }
}
