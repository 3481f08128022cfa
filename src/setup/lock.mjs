/**
 * One set-up at a time per checkout. The lock is the folder `.cache/setup/lock`; `owner.json` in it names the process that
 * holds it and the command that process is running. The folder is filled before it is moved to its place, so it never
 * appears without an owner. A holder that is gone (killed, power cut) leaves a stale lock, which the next set-up removes
 * after ending the command that may still run on its own.
 */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { endGroup } from './command.mjs';

/**
 * @typedef {object} Identity a process, told apart from a later one with the same number
 * @property {number} pid
 * @property {string} started clock ticks since the machine started; '' where that cannot be known
 */

/**
 * @typedef {object} Owner
 * @property {string} host
 * @property {Identity} process
 * @property {Identity | null} command leader of the process group that works for the owner
 * @property {string} [since] ISO 8601, of a lock on a run
 * @property {string} [slurm] the batch job, of a lock on a run
 */

/**
 * @typedef {object} Lock
 * @property {(pid: number) => void} setCommand
 * @property {() => void} release
 */

/** @param {number} pid @returns {Identity & { state: string }} */
export function identify(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may hold spaces. After it come the state and, 19 fields on, the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, started: fields[19], state: fields[0] };
  } catch {
    return { pid, started: '', state: '' };
  }
}

/** @param {Identity | null} identity @returns {boolean} false for a zombie too */
function isAlive(identity) {
  if (!identity) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
  }
  const now = identify(identity.pid);
  return now.started === identity.started && now.state !== 'Z';
}

/** @param {string} folder @returns {Owner | null} */
export function readOwner(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'owner.json'), 'utf8'));
  } catch {
    return null;
  }
}

/** @param {string} folder @param {Owner} owner */
function writeOwner(folder, owner) {
  const file = path.join(folder, 'owner.json');
  writeFileSync(`${file}.new`, JSON.stringify(owner));
  renameSync(`${file}.new`, file);
}

/** Takes the folder out of its place in one move, then deletes it. @param {string} folder @param {string} reason */
function moveAway(folder, reason) {
  const aside = `${folder}.${reason}.${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    return; // another set-up was quicker
  }
  rmSync(aside, { recursive: true, force: true });
}

/**
 * @param {string} folder where the lock is to be; its parent exists
 * @param {Partial<Owner>} [about] what else to say of the owner
 * @returns {Lock | null} null when the place is taken
 */
export function tryLock(folder, about = {}) {
  const own = `${folder}.new.${hostname()}.${process.pid}`;
  /** @type {Owner} */
  const owner = { host: hostname(), process: identify(process.pid), command: null, ...about };
  mkdirSync(own, { recursive: true });
  writeOwner(own, owner);
  try {
    renameSync(own, folder); // fails while the folder is there with something in it
  } catch {
    rmSync(own, { recursive: true, force: true });
    return null;
  }
  return {
    setCommand: (pid) => writeOwner(folder, { ...owner, command: identify(pid) }),
    release: () => moveAway(folder, 'done'),
  };
}

/**
 * @param {Owner | null} owner null for a folder without a readable owner, which is nobody's lock
 * @returns {boolean} true only for a process of this machine that is gone
 */
export function isStale(owner) {
  return !owner || (owner.host === hostname() && !isAlive(owner.process));
}

/**
 * Takes the lock, waiting for as long as another set-up holds it.
 * @param {string} folder
 * @param {(owner: Owner) => void} onWait called once, when there is something to wait for
 * @returns {Promise<Lock>}
 */
export async function takeLock(folder, onWait) {
  mkdirSync(path.dirname(folder), { recursive: true });
  for (let announced = false; ; ) {
    const lock = tryLock(folder);
    if (lock) return lock;
    const owner = readOwner(folder);
    if (owner && !isStale(owner)) {
      if (!announced) onWait(owner);
      announced = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
    } else if (existsSync(folder)) {
      if (owner?.command && isAlive(owner.command)) await endGroup(owner.command.pid);
      // Looked at again: while the command ended, another set-up may have cleared the place and taken it.
      if (isStale(readOwner(folder))) moveAway(folder, 'stale');
    }
  }
}
