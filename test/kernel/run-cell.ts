import path from 'node:path';

const ROOT = path.resolve(import.meta.dir, '..', '..');

const RUN_CELL = `
const { CompiledModules, requireTypeScript } = await import('./src/kernel/compiled-modules.mjs');
const modules = new CompiledModules(process.cwd());
requireTypeScript(modules);
const { CellRunner } = modules.require('./src/kernel/cell-runner.ts');
const output = { stream: () => {}, display: () => {}, result: () => {}, clear: () => {} };
const error = await new CellRunner(modules).run(process.argv[1], 1, output);
if (error) console.error(error.traceback.join('\\n'));
process.exit(error ? 1 : 0);
`;

/**
 * Compiles and runs a cell as the notebooks' kernel does, in Node, without Jupyter.
 *
 * @returns what it printed, the error that it ended with included
 */
export async function runCell(cell: string): Promise<{ printed: string; exitCode: number }> {
  const node = Bun.spawn(['node', '--input-type=module', '-e', RUN_CELL, cell], {
    cwd: ROOT,
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const printed = await Promise.all([new Response(node.stdout).text(), new Response(node.stderr).text()]);
  return { printed: printed.join(''), exitCode: await node.exited };
}
