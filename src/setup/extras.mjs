/**
 * Packages that set-up leaves out because few need them: `requirements-<name>.txt`, installed into the .venv when they are
 * first wanted. Also a program: `npm run extra onnx`.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { endGroup, runLogged, tail } from './command.mjs';
import { takeLock } from './lock.mjs';
import { orElse } from './or-else.mjs';
import { inCache, inProject, PROJECT_ROOT } from './project.mjs';
import { replaceFile } from './replace-file.mjs';
import { SetupError } from './setup-error.mjs';
import { digest } from './stamp.mjs';

/** @typedef {import('./project.mjs').Project} Project */
/** @typedef {'onnx' | 'tensorboard'} Extra */

/** @type {readonly Extra[]} */
export const EXTRAS = ['onnx', 'tensorboard'];

/**
 * @param {Project} project whose .venv is there
 * @param {Extra} name
 * @returns {Promise<boolean>} false when it was there already
 * @throws {SetupError} when it cannot be installed
 */
export async function installExtra(project, name) {
  const list = inProject(project, `requirements-${name}.txt`);
  // In the .venv, since it goes with it.
  const stamp = inProject(project, '.venv', 'extras', name);
  const isThere = () => orElse(() => readFileSync(stamp, 'utf8'), '') === digest(list);
  if (isThere()) return false;
  const lock = await takeLock(inCache(project, 'lock'), {
    onWait: (owner) =>
      console.error(`waiting for the set-up that process ${owner.process.pid} on ${owner.host} runs …`),
    endCommand: endGroup,
  });
  const log = inCache(project, `${name}.log`);
  try {
    if (isThere()) return false;
    const python = inProject(project, '.venv', 'bin', 'python');
    const flags = ['--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary=:all:'];
    const env = { ...project.env, PYTHONNOUSERSITE: '1', PIP_USER: '0' };
    const onStart = lock.setCommand;
    const command = ['-m', 'pip', 'install', ...flags, '-r', list];
    await runLogged(python, command, { cwd: project.root, env, log, onStart });
    mkdirSync(path.dirname(stamp), { recursive: true });
    replaceFile(stamp, digest(list), { flush: false });
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(
      `${name} cannot be installed: ${reason}\n${tail(log)}\n  → check the connection to the Python package index, then run it again`,
    );
  } finally {
    lock.release();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const name = EXTRAS.find((each) => each === process.argv[2]);
  if (!name) {
    console.error(`Give the name of an extra: ${EXTRAS.join(' or ')}.`);
    process.exit(2);
  }
  const installed = await installExtra({ root: PROJECT_ROOT, env: process.env }, name);
  console.log(`${name}: ${installed ? 'installed' : 'in place'}`);
}
