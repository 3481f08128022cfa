/**
 * The one lock of the project: of a set-up per checkout, of a run per folder, of a process per file that is to be made. A
 * lock is a folder; `owner.json` in it names the process that holds it. The folder is filled before it is moved to its
 * place, so it never appears without an owner. Whether an owner still counts is decided in one place, {@link liveOwner};
 * the lock of one that does not is taken over.
 */

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { orElse } from './or-else.mjs';
import { replaceFile } from './replace-file.mjs';

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
 * @property {string} [since] ISO 8601
 * @property {string} [token] tells this lock from others of the same process
 * @property {string} [slurm] job and restart count, in a batch job
 */

/**
 * @typedef {object} Lock
 * @property {(pid: number) => void} setCommand
 * @property {() => void} release
 * @property {() => void} forget instead of `release`, when what holds the lock is gone from its place
 */

/** Milliseconds between two signs of life, and after which an owner on another machine counts as dead. */
const HEARTBEAT = 10_000;
const DEADLINE = 90_000;

/** @param {number} pid @returns {Identity & { state: string }} */
export function identify(pid) {
  const stat = orElse(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '');
  // The second field, the name, may hold spaces. After it come the state and, 19 fields on, the start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, started: fields[19] ?? '', state: fields[0] };
}

/** @param {number} pid @returns {boolean} whether a process of that number is there */
export function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH';
  }
}

/** @param {Identity | null} identity @returns {boolean} false for a zombie too */
function isAlive(identity) {
  if (!identity || !isThere(identity.pid)) return false;
  const now = identify(identity.pid);
  return now.started === identity.started && now.state !== 'Z';
}

/** @param {string} folder @returns {Owner | null} */
function readOwner(folder) {
  return orElse(() => JSON.parse(readFileSync(path.join(folder, 'owner.json'), 'utf8')), null);
}

/** @param {string} folder @param {Owner} owner */
function writeOwner(folder, owner) {
  replaceFile(path.join(folder, 'owner.json'), JSON.stringify(owner), { flush: false });
}

/**
 * The one rule of staleness. On this machine the process's number and start tell whether it lives; on another one, which
 * cannot be asked, its signs of life; and a batch job that was put back into the queue outlives its own.
 * @param {string} folder of the lock
 * @returns {Owner | null} who holds it; null when nobody does, or did and is gone
 */
export function liveOwner(folder) {
  const owner = readOwner(folder);
  if (!owner || isEarlierIncarnation(owner.slurm) || isReleased(owner)) return null;
  const lives = owner.host === hostname() ? isAlive(owner.process) : silence(folder) <= DEADLINE;
  return lives ? owner : null;
}

/** Tokens of the locks that this process holds. @type {Set<string>} */
const held = new Set();

/** A lock that this process gave back and could not remove, on a disk that had become read-only. @param {Owner} owner */
function isReleased({ host, process: { pid }, token }) {
  return host === hostname() && pid === process.pid && token !== undefined && !held.has(token);
}

/** Milliseconds since the last sign of life, by the clock that dates the files. @param {string} folder */
function silence(folder) {
  const probe = `${folder}.probe.${process.pid}`;
  try {
    writeFileSync(probe, '');
    return statSync(probe).mtimeMs - statSync(path.join(folder, 'owner.json')).mtimeMs;
  } catch {
    return 0;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** A batch job keeps its number when it is put back into the queue, and counts its restarts. */
function slurmIncarnation() {
  const { SLURM_JOB_ID: job, SLURM_RESTART_COUNT: restarts = '0' } = process.env;
  return job ? `${job}.${restarts}` : undefined;
}

/** @param {string | undefined} other */
function isEarlierIncarnation(other) {
  const own = slurmIncarnation();
  return own !== undefined && other !== undefined && other !== own && other.split('.')[0] === own.split('.')[0];
}

/**
 * @param {string} folder where the lock is to be; its parent exists
 * @returns {Lock | null} null when the place is taken
 */
export function tryLock(folder) {
  const own = `${folder}.new.${hostname()}.${process.pid}`;
  const token = randomUUID();
  /** @type {Owner} */
  const owner = {
    host: hostname(),
    process: identify(process.pid),
    command: null,
    since: new Date().toISOString(),
    slurm: slurmIncarnation(),
    token,
  };
  mkdirSync(own, { recursive: true });
  writeOwner(own, owner);
  try {
    renameSync(own, folder); // fails while the folder is there with something in it
  } catch {
    rmSync(own, { recursive: true, force: true });
    return null;
  }
  const timer = setInterval(() => giveSignOfLife(folder), HEARTBEAT);
  timer.unref();
  held.add(token);
  const forget = () => {
    clearInterval(timer);
    held.delete(token);
  };
  return {
    setCommand: (pid) => writeOwner(folder, { ...owner, command: identify(pid) }),
    forget,
    release: () => {
      forget();
      const aside = asideOf(folder, 'done');
      if (moved(folder, aside)) rmSync(aside, { recursive: true, force: true });
    },
  };
}

/** One that cannot be given stops nothing. @param {string} folder */
function giveSignOfLife(folder) {
  try {
    const now = new Date();
    utimesSync(path.join(folder, 'owner.json'), now, now);
  } catch {}
}

/** Takes a dead owner's lock away in one move; that of a live one, who was quicker, is put back. @param {string} folder */
export function takeOver(folder) {
  if (!existsSync(folder)) return;
  const aside = asideOf(folder, 'stale');
  if (!moved(folder, aside) || (liveOwner(aside) && moved(aside, folder))) return;
  rmSync(aside, { recursive: true, force: true });
}

/** @param {string} folder @param {string} reason */
const asideOf = (folder, reason) => `${folder}.${reason}.${process.pid}`;

/** @param {string} from @param {string} to @returns {boolean} false where another process was quicker */
function moved(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes the lock, waiting for as long as another process holds it.
 * @param {string} folder
 * @param {object} how
 * @param {(owner: Owner) => void} how.onWait called once, when there is something to wait for
 * @param {(pid: number) => Promise<void>} how.endCommand ends what a dead owner left running
 * @returns {Promise<Lock>}
 */
export async function takeLock(folder, { onWait, endCommand }) {
  mkdirSync(path.dirname(folder), { recursive: true });
  for (let announced = false; ; ) {
    const lock = tryLock(folder);
    if (lock) return lock;
    const owner = liveOwner(folder);
    if (owner) {
      if (!announced) onWait(owner);
      announced = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
    } else {
      const command = readOwner(folder)?.command;
      if (command && isAlive(command)) await endCommand(command.pid);
      takeOver(folder);
    }
  }
}
