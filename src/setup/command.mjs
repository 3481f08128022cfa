/**
 * Commands whose output goes to a log file.
 */

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { orElse } from './or-else.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * Runs a command in a process group of its own, so that ending the group ends whatever it started.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, log: string, onStart?: (pid: number) => void }} options
 * @returns {Promise<void>} rejects with a SetupError unless the exit code is 0
 */
export async function runLogged(command, args, { cwd, env, log, onStart }) {
  const output = openSync(log, 'a');
  try {
    writeSync(output, `$ ${[command, ...args].join(' ')}\n`);
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output, output] });
    if (child.pid) onStart?.(child.pid);
    const outcome = await new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) =>
        resolve(code === 0 ? null : signal ? `ended by ${signal}` : `exit ${code}`),
      );
    });
    if (outcome) throw new SetupError(`\`${[command, ...args.slice(0, 3)].join(' ')} …\`: ${outcome}`);
  } finally {
    closeSync(output);
  }
}

/**
 * Ends a process group: asks first, insists after three seconds.
 * @param {number} pid of the group's leader
 */
export async function endGroup(pid) {
  for (const [signal, attempts] of /** @type {[NodeJS.Signals, number][]} */ ([
    ['SIGTERM', 30],
    ['SIGKILL', 30],
  ])) {
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        process.kill(-pid, attempt === 0 ? signal : 0);
      } catch {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The last lines of a log; none where there is no log. @param {string} log @param {number} [lines] */
export function tail(log, lines = 15) {
  const text = orElse(() => readFileSync(log, 'utf8'), '');
  return text.trimEnd().split(/\r?\n/).slice(-lines).join('\n');
}
