import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RunError } from '../errors';

export interface WriteFileOptions {
  /** Bring the content to the disk before the file takes its name; false for what can be made again. */
  flush?: boolean;
}

/** What lies beside a file while it is being written: the number is the process's, the rest tells machines apart. */
const ASIDE = /\.(\d+)-[0-9a-f]+\.new$/;

/**
 * Writes a file so that a reader sees the old content or the new, never a part: into a file beside it, flushed, then
 * renamed. Folders above it are made.
 *
 * @throws RunError that names the file when it cannot be written; what was there before is as it was
 */
export function writeFile(file: string, content: string | Uint8Array, { flush = true }: WriteFileOptions = {}): void {
  const aside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
  const folder = path.dirname(file);
  try {
    mkdirSync(folder, { recursive: true });
    writeWhole(aside, content, flush);
    renameSync(aside, file);
    // The name, too, has to outlive a power cut.
    if (flush) flushFolder(folder);
  } catch (cause) {
    removeIfPossible(aside);
    throw writingProblem(file, cause);
  }
}

/** Removes what processes that are gone left half written in a folder. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = ASIDE.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(path.join(folder, name), { force: true });
  }
}

/** @returns whether a process of that number is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function writeWhole(file: string, content: string | Uint8Array, flush: boolean): void {
  const descriptor = openSync(file, 'w');
  try {
    // Goes on where the system took a part only, as it does when the disk is nearly full.
    writeFileSync(descriptor, content);
    if (flush) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A disk that is read-only keeps even what is half written. */
function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

/** Not every file system can flush a folder; where it cannot, the file is there all the same. */
function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {}
}

/** An error of the file system as one that the reader can mend; any other as it is. */
export function writingProblem(file: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (!code || !/^E[A-Z0-9]+$/.test(code)) return cause;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new RunError(
    `${file}: cannot be written (${code})`,
    full
      ? 'make room on that disk, then run again: it goes on from what is complete'
      : 'make its folder writable, or choose another one, then run again',
    { cause },
  );
}
