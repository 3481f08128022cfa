import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { RunnerError } from '../runner/errors';
import { isStale, readOwner, tryLock } from '../setup/lock.mjs';

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
/** Milliseconds between two signs of life, and after which a holder on another machine counts as dead. */
const heartbeat = 10_000;
const deadline = 90_000;

/**
 * One process at a time on a run folder. The lock is the folder `.lock` in it (see src/setup/lock.mjs), with the holder
 * and how far it is. The lock of a process that is gone is taken over: on this machine its number tells, on another the
 * signs of life, and a batch job that was put back into the queue outlives its own.
 */
export class RunLock {
  private readonly timer: ReturnType<typeof setInterval>;

  private constructor(
    private readonly folder: string,
    private readonly lock: { release: () => void },
  ) {
    this.timer = setInterval(() => this.beat(), heartbeat);
    this.timer.unref();
  }

  /** @throws RunnerError that says who holds the folder, or that it cannot be written */
  static take(folder: string): RunLock {
    const place = path.join(folder, lockName);
    for (let attempt = 0; attempt < 5; attempt++) {
      const lock = writable(folder, () => {
        mkdirSync(folder, { recursive: true });
        return tryLock(place, { since: new Date().toISOString(), slurm: slurmIncarnation() });
      });
      if (lock) return new RunLock(folder, lock);
      const holder = holderOf(folder);
      if (holder) throw new RunnerError(`${folder} is in use by ${describeHolder(holder)}`, waitOrEnd);
      takeAway(folder);
    }
    throw new RunnerError(`${folder} is being taken by several processes at once`, 'Try again.');
  }

  update(status: RunStatus): void {
    const file = path.join(this.folder, lockName, 'status.json');
    try {
      writeFileSync(`${file}.new`, JSON.stringify(status));
      renameSync(`${file}.new`, file);
    } catch {
      // A status that cannot be written stops nothing.
    }
  }

  release(): void {
    clearInterval(this.timer);
    this.lock.release();
  }

  /** Instead of `release`, when the folder itself is gone from its place. */
  forget(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    try {
      const now = new Date();
      utimesSync(path.join(this.folder, lockName, 'owner.json'), now, now);
    } catch {
      // Nor does a sign of life that cannot be given.
    }
  }
}

/** Who holds a run folder now; undefined when nobody does, or did and is gone. */
export function holderOf(folder: string): Holder | undefined {
  return liveHolder(path.join(folder, lockName));
}

function liveHolder(place: string): Holder | undefined {
  const owner = readOwner(place);
  if (!owner || isStale(owner)) return undefined;
  const holder = { pid: owner.process.pid, host: owner.host, since: owner.since ?? '', slurm: owner.slurm };
  if (holder.slurm && isEarlierIncarnation(holder.slurm)) return undefined;
  // A process on another machine cannot be asked.
  if (owner.host !== hostname() && silence(place) > deadline) return undefined;
  return holder;
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

/** Takes a dead holder's lock away in one move; that of a live one, who was quicker, is put back. */
function takeAway(folder: string): void {
  const place = path.join(folder, lockName);
  const aside = `${place}.stale.${process.pid}`;
  try {
    renameSync(place, aside);
    if (liveHolder(aside)) renameSync(aside, place);
  } catch {
    // Another process was quicker.
  }
  rmSync(aside, { recursive: true, force: true });
}

/** Milliseconds since the last sign of life, by the clock that dates the files. */
function silence(place: string): number {
  const probe = `${place}.probe.${process.pid}`;
  try {
    writeFileSync(probe, '');
    return statSync(probe).mtimeMs - statSync(path.join(place, 'owner.json')).mtimeMs;
  } catch {
    return 0;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** A batch job keeps its number when it is put back into the queue, and counts its restarts. */
function slurmIncarnation(): string | undefined {
  const { SLURM_JOB_ID: job, SLURM_RESTART_COUNT: restarts = '0' } = process.env;
  return job ? `${job}.${restarts}` : undefined;
}

function isEarlierIncarnation(other: string): boolean {
  const own = slurmIncarnation();
  return own !== undefined && other !== own && other.split('.')[0] === own.split('.')[0];
}
