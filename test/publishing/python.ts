import path from 'node:path';

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
