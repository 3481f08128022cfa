import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { takeFolder } from '../../files/folder-lock';
import type { FoundRun } from './find-runs';

export interface CleanOptions {
  /** Folders of runs that some experiment or sweep of the project makes; runs that none makes are taken, too. */
  used?: ReadonlySet<string>;
  /** Only runs that have not changed for so many days. */
  olderThanDays?: number;
}

/** States of runs that came to nothing, or have not come to anything yet. */
const UNFINISHED = ['failed', 'interrupted', 'not started'];

/** Of these runs, those to be deleted: never one that is running. */
export function deletableRuns(runs: readonly FoundRun[], { used, olderThanDays }: CleanOptions = {}): FoundRun[] {
  const latest = olderThanDays === undefined ? Number.POSITIVE_INFINITY : Date.now() - olderThanDays * 86_400_000;
  return runs.filter(
    ({ state, folder, changed }) =>
      state !== 'running' &&
      changed <= latest &&
      (UNFINISHED.includes(state) || (used !== undefined && !used.has(folder))),
  );
}

/**
 * Deletes a run folder. It is locked and moved aside first, so that no run starts in a folder that is half gone.
 *
 * @throws RunError when a process holds it, or it cannot be written
 */
export function deleteRun(folder: string): void {
  const lock = takeFolder(folder);
  const aside = `${folder}.deleted.${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch (error) {
    lock.release();
    throw error;
  }
  lock.forget();
  rmSync(aside, { recursive: true, force: true });
}

/** Bytes of all files below a folder. */
export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
