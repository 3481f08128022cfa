import { existsSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_ROOT } from '../../setup/project.mjs';
import { RunnerError } from '../errors';
import { fillScratch, SCRATCH_FOLDER, scratchOriginals } from './scratch';

/**
 * Opens JupyterLab from `.venv` at copies of the notebooks, in a folder that git ignores, and stays with it until it ends;
 * Ctrl-C goes to JupyterLab.
 *
 * @param args further options for `jupyter lab`, such as `--no-browser` or `--port=8890`
 * @param folder of the copies, in the project folder
 * @returns its exit code
 * @throws RunnerError if it is not installed
 */
export async function startLab(args: string[] = [], folder = SCRATCH_FOLDER): Promise<number> {
  const python = path.join(PROJECT_ROOT, '.venv', 'bin', 'python');
  const kernelspec = path.join(PROJECT_ROOT, '.venv', 'share', 'jupyter', 'kernels', 'tslab', 'kernel.json');
  for (const file of [python, kernelspec]) {
    if (existsSync(file)) continue;
    throw new RunnerError(
      `JupyterLab is not set up: ${path.relative(process.cwd(), file)} is missing`,
      'Run `npm run setup`.',
    );
  }
  for (const copy of fillScratch(scratchOriginals(PROJECT_ROOT), PROJECT_ROOT, folder))
    console.error(`${copy} has cells of yours, and its original has changed: delete it to get the new one.`);
  const root = typeof process.getuid === 'function' && process.getuid() === 0 ? ['--allow-root'] : [];
  const lab = Bun.spawn(
    [
      python,
      '-m',
      'jupyterlab',
      `--ServerApp.root_dir=${PROJECT_ROOT}`,
      `--LabApp.default_url=/lab/tree/${folder}/start.ipynb`,
      ...root,
      ...args,
    ],
    { cwd: PROJECT_ROOT, stdio: ['inherit', 'inherit', 'inherit'] },
  );
  // JupyterLab gets the terminal's Ctrl-C itself, and asks whether it is meant; we wait for it.
  const wait = () => {};
  process.on('SIGINT', wait);
  const forward = () => lab.kill('SIGTERM');
  process.on('SIGTERM', forward);
  try {
    return await lab.exited;
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', forward);
  }
}
