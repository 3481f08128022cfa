/**
 * The entry by which Jupyter knows the TypeScript kernel, inside the .venv, so that no other Jupyter sees it.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { orElse } from './or-else.mjs';
import { inProject } from './project.mjs';
import { replaceFile } from './replace-file.mjs';

/** @typedef {import('./project.mjs').Project} Project */
/** @typedef {import('./stamp.mjs').Step} Step */

export const KERNEL_NAME = 'tslab';

/** @param {Project} project */
function specFile(project) {
  return inProject(project, '.venv', 'share', 'jupyter', 'kernels', KERNEL_NAME, 'kernel.json');
}

/** @param {Project} project */
function launcher(project) {
  return inProject(project, 'src', 'kernel', 'main.mjs');
}

/**
 * The Node that the entry names: the one that ran the set-up. Another Node that looks at the entry later does not want it
 * changed, as long as that program is still there.
 * @param {Project} project
 */
function namedNode(project) {
  const file = specFile(project);
  // Otherwise the entry itself, which is not there either: that is what matters.
  return orElse(() => JSON.parse(readFileSync(file, 'utf8')).argv[0], file);
}

/** @type {Step} */
export const kernelspecStep = {
  name: 'kernelspec',
  title: () => 'Jupyter kernel "TypeScript (roadseg)" in the .venv',
  diskGigabytes: () => 0,
  remedy: 'Delete the folder .venv, then run `npm run setup` again.',
  inputs: (project) => ({ launcher: launcher(project) }),
  outputs: (project) => [specFile(project), namedNode(project)],
  clear: () => {},

  async run(project) {
    const file = specFile(project);
    const spec = {
      argv: [process.execPath, launcher(project), '--config-path', '{connection_file}'],
      display_name: 'TypeScript (roadseg)',
      language: 'typescript',
    };
    mkdirSync(path.dirname(file), { recursive: true });
    replaceFile(file, `${JSON.stringify(spec, null, 2)}\n`);
  },
};
