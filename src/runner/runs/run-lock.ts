import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FolderLock, LOCK_NAME } from '../../files/folder-lock';
import { replaceFile } from '../../setup/replace-file.mjs';
import { RunnerError } from '../errors';

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

/** One process at a time on a run folder. Its lock also says how far the holder is. */
export class RunLock {
  private constructor(
    private readonly folder: string,
    private readonly lock: FolderLock,
  ) {}

  /** @throws RunError that says who holds the folder; RunnerError when it cannot be written */
  static take(folder: string): RunLock {
    return new RunLock(
      folder,
      writable(folder, () => FolderLock.take(folder)),
    );
  }

  update(status: RunStatus): void {
    try {
      replaceFile(path.join(this.folder, LOCK_NAME, 'status.json'), JSON.stringify(status), { flush: false });
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

/** How far the holder says it is. */
export function statusOf(folder: string): RunStatus | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, LOCK_NAME, 'status.json'), 'utf8'));
  } catch {
    return undefined;
  }
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
