import path from 'node:path';
import { type Extra, installExtra } from '../../src/setup/extras.mjs';
import { PROJECT_ROOT } from '../../src/setup/project.mjs';
import { SetupError } from '../../src/setup/setup-error.mjs';

/**
 * @returns a Python that has all of these packages: the one that ROADSEG_TEST_PYTHON names, else the one of `.venv` or of
 *   the PATH; undefined where none does
 */
export function findPython(...packages: string[]): string | undefined {
  const named = process.env.ROADSEG_TEST_PYTHON;
  const candidates = named ? [named] : [path.resolve(import.meta.dir, '../../.venv/bin/python'), 'python3'];
  // Finding a package takes milliseconds, importing TensorFlow seconds.
  const find = `import importlib.util as u, sys; sys.exit(0 if all(u.find_spec(n) for n in ${JSON.stringify(packages)}) else 1)`;
  return candidates.find((python) => Bun.which(python) && Bun.spawnSync([python, '-c', find]).exitCode === 0);
}

/** The Python of `.venv` with an extra, which is installed where it is missing; undefined where that cannot be done. */
export async function pythonWithExtra(name: Extra): Promise<string | undefined> {
  try {
    await installExtra({ root: PROJECT_ROOT, env: process.env }, name);
    return path.join(PROJECT_ROOT, '.venv', 'bin', 'python');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.warn(error.message);
    return undefined;
  }
}
