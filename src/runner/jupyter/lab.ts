import path from 'node:path';
import { PROJECT_ROOT } from '../../setup/project.mjs';
import { inForeground } from '../foreground';
import { installedPython } from './jupyter-server';
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
  const python = installedPython();
  for (const copy of fillScratch(scratchOriginals(PROJECT_ROOT), PROJECT_ROOT, folder))
    console.error(`${copy} has cells of yours, and its original has changed: delete it to get the new one.`);
  const root = typeof process.getuid === 'function' && process.getuid() === 0 ? ['--allow-root'] : [];
  const place = [`--ServerApp.root_dir=${PROJECT_ROOT}`, `--LabApp.default_url=/lab/tree/${folder}/start.ipynb`];
  // Its folder `labconfig` holds other defaults than JupyterLab's: the first Tab starts the language server, for which it does not wait.
  const configuration = [import.meta.dir, process.env.JUPYTER_CONFIG_PATH].filter(Boolean).join(path.delimiter);
  const env = { ...process.env, JUPYTER_CONFIG_PATH: configuration };
  return inForeground([python, '-m', 'jupyterlab', ...place, ...root, ...args], { cwd: PROJECT_ROOT, env });
}
