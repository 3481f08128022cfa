import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { RunError } from '../errors';
import { isThere } from '../setup/lock.mjs';
import { ASIDE, replaceFile } from '../setup/replace-file.mjs';

export interface WriteFileOptions {
  /** Bring the content to the disk before the file takes its name; false for what can be made again. */
  flush?: boolean;
}

/**
 * Writes a file so that a reader sees the old content or the new, never a part. Folders above it are made.
 *
 * @throws RunError that names the file when it cannot be written; what was there before is as it was
 */
export function writeFile(file: string, content: string | Uint8Array, options: WriteFileOptions = {}): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    replaceFile(file, content, options);
  } catch (cause) {
    throw writingProblem(file, cause);
  }
}

/**
 * Removes a file, or a folder with all that it holds, if it is there.
 *
 * @throws RunError that names it when it cannot be removed
 */
export function removeFile(file: string): void {
  try {
    rmSync(file, { recursive: true, force: true });
  } catch (cause) {
    throw writingProblem(file, cause, 'removed');
  }
}

/** Removes what processes that are gone left half written in a folder. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = ASIDE.exec(name) ?? [];
    if (pid !== undefined && !isThere(Number(pid))) removeFile(path.join(folder, name));
  }
}

/** An error of the file system as one that the reader can mend; any other as it is. */
export function writingProblem(file: string, cause: unknown, done: 'written' | 'removed' = 'written'): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (!code || !/^E[A-Z0-9]+$/.test(code)) return cause;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new RunError(
    `${file}: cannot be ${done} (${code})`,
    full
      ? 'make room on that disk, then run again: it resumes from what is complete'
      : 'make its folder writable, or choose another one, then run again',
    { cause },
  );
}
