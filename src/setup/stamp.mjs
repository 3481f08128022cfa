/**
 * How set-up knows that a step was done: `.cache/setup/<step>.json`, written in one move after the step succeeded, holds
 * the inputs it was done with (digests of lock files, versions, the checkout's path). A step is in place while its inputs
 * are still those and the files it made are still there. Nothing but file reads happens here, so a skip takes milliseconds.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { orElse } from './or-else.mjs';
import { inCache } from './project.mjs';
import { replaceFile } from './replace-file.mjs';

/** @typedef {import('./project.mjs').Project} Project */

/**
 * @typedef {object} Step
 * @property {string} name names the stamp and the log
 * @property {(project: Project) => string} title what is done, for the progress line
 * @property {(project: Project) => number} diskGigabytes space it takes, downloads included
 * @property {(project: Project) => Record<string, string>} inputs what the outcome depends on
 * @property {(project: Project) => string[]} outputs files without which it is not in place
 * @property {(project: Project) => void} clear removes what an interrupted attempt may have left half-made
 * @property {(project: Project, tools: StepTools) => Promise<void>} run
 * @property {string} remedy what to try when it fails
 */

/**
 * @typedef {object} StepTools
 * @property {(command: string, args: string[], options?: { cwd?: string, env?: NodeJS.ProcessEnv }) => Promise<void>} run
 *   runs a command with its output in the step's log; throws when it fails
 * @property {string} python interpreter for the .venv
 */

/** @param {string} file @returns {string} SHA-256 in hexadecimal */
export function digest(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/**
 * @param {Project} project
 * @param {string} name of the step
 * @returns {Record<string, string> | null} null when there is no stamp, or it cannot be read
 */
export function readStamp(project, name) {
  const stamp = orElse(() => JSON.parse(readFileSync(inCache(project, `${name}.json`), 'utf8')), null);
  return typeof stamp?.inputs === 'object' ? stamp.inputs : null;
}

/** @param {Project} project @param {Step} step */
export function writeStamp(project, step) {
  const stamp = { finished: new Date().toISOString(), inputs: step.inputs(project) };
  replaceFile(inCache(project, `${step.name}.json`), `${JSON.stringify(stamp, null, 2)}\n`);
  rmSync(inCache(project, `${step.name}.started`), { force: true });
}

/**
 * Notes that the step begins; until writeStamp, the note tells a later set-up that this one did not end well.
 * @param {Project} project
 * @param {Step} step
 * @returns {boolean} whether an earlier attempt was left unfinished
 */
export function markStarted(project, step) {
  mkdirSync(inCache(project), { recursive: true });
  const note = inCache(project, `${step.name}.started`);
  const unfinished = existsSync(note);
  writeFileSync(note, '');
  return unfinished;
}

/**
 * @param {Project} project
 * @param {Step} step
 * @returns {string | null} why the step is to be run, or null when it is in place
 */
export function whyNotInPlace(project, step) {
  const stamped = readStamp(project, step.name);
  if (existsSync(inCache(project, `${step.name}.started`))) return 'the last attempt did not end well';
  if (!stamped) return 'not done yet';
  const inputs = step.inputs(project);
  const names = new Set([...Object.keys(inputs), ...Object.keys(stamped)]);
  const changed = [...names].filter((name) => inputs[name] !== stamped[name]);
  if (changed.length > 0) return `changed since: ${changed.join(', ')}`;
  const lost = step.outputs(project).find((file) => !existsSync(file));
  return lost ? `gone: ${path.relative(project.root, lost)}` : null;
}
