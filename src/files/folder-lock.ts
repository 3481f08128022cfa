import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { RunError } from '../errors';
import { type Lock, liveOwner, takeOver, tryLock } from '../setup/lock.mjs';
import { writingProblem } from './write-file';

/** Who works on a folder. */
export interface Holder {
  pid: number;
  host: string;
  /** ISO 8601. */
  since: string;
  /** Job and restart count, in a batch job. */
  slurm?: string;
}

/** The folder in a folder that says who holds it. */
export const LOCK_NAME = '.lock';

/** Names the process that started this one and holds folders for it: a runner its kernels. */
export const WORKS_FOR_VARIABLE = 'ROADSEG_WORKS_FOR';

/**
 * Takes a folder for this process alone. The lock is the folder `.lock` in it, with the holder.
 *
 * @throws RunError that says who holds the folder, or that it cannot be written
 */
export function takeFolder(folder: string): Lock {
  const place = path.join(folder, LOCK_NAME);
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      mkdirSync(folder, { recursive: true });
      const lock = tryLock(place);
      if (lock) return lock;
      const holder = holderOf(folder);
      if (holder)
        throw new RunError(`${folder} is in use by ${describeHolder(holder)}`, 'Wait for it to end, or end it.');
      takeOver(place);
    }
  } catch (error) {
    throw writingProblem(folder, error);
  }
  throw new RunError(`${folder} is being taken by several processes at once`, 'Try again.');
}

/**
 * Runs an action that needs a folder for itself. Where the process that started this one holds the folder already, it does
 * so for this one.
 *
 * @throws RunError that says who holds the folder, or that it cannot be written
 */
export async function holdingFolder<T>(folder: string, action: () => Promise<T>): Promise<T> {
  const holder = holderOf(folder);
  if (holder?.host === hostname() && String(holder.pid) === process.env[WORKS_FOR_VARIABLE]) return action();
  const lock = takeFolder(folder);
  try {
    return await action();
  } finally {
    lock.release();
  }
}

/** Who holds a folder now; undefined when nobody does, or did and is gone. */
export function holderOf(folder: string): Holder | undefined {
  const owner = liveOwner(path.join(folder, LOCK_NAME));
  return owner ? { pid: owner.process.pid, host: owner.host, since: owner.since ?? '', slurm: owner.slurm } : undefined;
}

/** `process 4711 on node3 since 2024-05-01 10:20:30 UTC`. */
export function describeHolder({ pid, host, since, slurm }: Holder): string {
  const job = slurm ? ` (Slurm job ${slurm.split('.')[0]})` : '';
  return `process ${pid} on ${host}${job} since ${since.slice(0, 19).replace('T', ' ')} UTC`;
}
