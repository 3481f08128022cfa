/**
 * The notebooks' code, compiled for their kernels while set-up goes on: pip and the C++ compiler leave a processor free.
 * No step of its own, for what it leaves out the kernels compile themselves.
 */

import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inCache, inProject } from './project.mjs';

/** @typedef {import('./project.mjs').Project} Project */

/**
 * The packages must be in place.
 *
 * @param {Project} project
 * @returns {{ ended: Promise<void>, stop: () => void }}
 */
export function compileForKernels(project) {
  const output = openSync(inCache(project, 'notebooks.log'), 'w');
  const child = spawn(
    inProject(project, 'node_modules', '.bin', 'bun'),
    [inProject(project, 'src', 'runner', 'notebooks', 'compile-ahead.ts')],
    { cwd: project.root, env: project.env, stdio: ['pipe', output, output] },
  );
  closeSync(output);
  const ended = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  child.stdin?.on('error', () => {}); // it has ended; its log says why
  child.stdin?.end(JSON.stringify(notebookSources(inProject(project, 'notebooks'))));
  return { ended: ended.then(() => {}), stop: () => child.kill() };
}

/** @param {string} folder @returns {import('../kernel/compile-notebooks').NotebookSources[]} */
function notebookSources(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ipynb'))
    .map((name) => {
      const { cells } = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
      /** @type {string[]} */ const sources = cells
        .filter((/** @type {{ cell_type: string }} */ { cell_type }) => cell_type === 'code')
        .map((/** @type {{ source: string | string[] }} */ { source }) => [source].flat().join(''));
      return { folder, sources };
    });
}
