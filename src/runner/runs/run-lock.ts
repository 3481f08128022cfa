import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { liveOwner, takeOver, tryLock } from '../../setup/lock.mjs';
import { replaceFile } from '../../setup/replace-file.mjs';
import { RunnerError } from '../errors';

/** Who works on a run. */
export interface Holder {
  pid: number;
  host: string;
  /** ISO 8601. */
  since: string;
  /** Job and restart count, in a batch job. */
  slurm?: string;
}

/** How far a run is, for whoever watches its folder. */
export interface RunStatus {
  notebook: string;
  /** Of the notebook among the run's, counted from 1. */
  number: number;
  notebooks: number;
  /** Code cells, counted from 1. */
  cell: number;
  cells: number;
  /** The last line printed, such as a line of progress. */
  text: string;
}

const lockName = '.lock';

/** One process at a time on a run folder. The lock is the folder `.lock` in it, with the holder and how far it is. */
export class RunLock {
  private constructor(
    private readonly folder: string,
    private readonly lock: NonNullable<ReturnType<typeof tryLock>>,
  ) {}

  /** @throws RunnerError that says who holds the folder, or that it cannot be written */
  static take(folder: string): RunLock {
    const place = path.join(folder, lockName);
    for (let attempt = 0; attempt < 5; attempt++) {
      const lock = writable(folder, () => {
        mkdirSync(folder, { recursive: true });
        return tryLock(place);
      });
      if (lock) return new RunLock(folder, lock);
      const holder = holderOf(folder);
      if (holder) throw new RunnerError(`${folder} is in use by ${describeHolder(holder)}`, waitOrEnd);
      takeOver(place);
    }
    throw new RunnerError(`${folder} is being taken by several processes at once`, 'Try again.');
  }

  update(status: RunStatus): void {
    try {
      replaceFile(path.join(this.folder, lockName, 'status.json'), JSON.stringify(status), { flush: false });
    } catch {
      // A status that cannot be written stops nothing.
    }
  }

  release(): void {
    this.lock.release();
  }

  /** Instead of `release`, when the folder itself is gone from its place. */
  forget(): void {
    this.lock.forget();
  }
}

/** Who holds a run folder now; undefined when nobody does, or did and is gone. */
export function holderOf(folder: string): Holder | undefined {
  const owner = liveOwner(path.join(folder, lockName));
  return owner ? { pid: owner.process.pid, host: owner.host, since: owner.since ?? '', slurm: owner.slurm } : undefined;
}

/** How far the holder says it is. */
export function statusOf(folder: string): RunStatus | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, lockName, 'status.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** `process 4711 on node3 since 2024-05-01 10:20:30`. */
export function describeHolder({ pid, host, since, slurm }: Holder): string {
  const job = slurm ? ` (Slurm job ${slurm.split('.')[0]})` : '';
  return `process ${pid} on ${host}${job} since ${since.slice(0, 19).replace('T', ' ')} UTC`;
}

/** Runs an action on a folder, and says so where it cannot be written. */
export function writable<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (!code || !unwritable.includes(code)) throw cause;
    throw new RunnerError(
      `${folder} cannot be written (${code})`,
      'Make room there, make it writable, or choose another folder.',
      1,
      { cause },
    );
  }
}

const unwritable = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'];
const waitOrEnd = 'Wait for it to end, or end it.';
