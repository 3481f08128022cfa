import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LOCK_NAME } from '../../files/folder-lock';
import { orElse } from '../../setup/or-else.mjs';
import { replaceFile } from '../../setup/replace-file.mjs';

/** How far a run is, for whoever watches its folder. It lies in the folder's lock, and goes with it. */
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

const statusFile = (folder: string) => path.join(folder, LOCK_NAME, 'status.json');

export function writeStatus(folder: string, status: RunStatus): void {
  try {
    replaceFile(statusFile(folder), JSON.stringify(status), { flush: false });
  } catch {} // one that cannot be written stops nothing
}

/** How far the holder says it is. */
export function statusOf(folder: string): RunStatus | undefined {
  return orElse(() => JSON.parse(readFileSync(statusFile(folder), 'utf8')), undefined);
}
