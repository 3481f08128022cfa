import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { throwIfInterrupted } from '../interruption';
import { isAlive, writingProblem } from './write-file';

/** Milliseconds after which a claim counts for nothing, wherever its process is: no file takes that long to be made. */
const CLAIM_EXPIRES = 60_000;
/** Milliseconds between two looks at a file that another process makes. */
const PATIENCE = 20;

/**
 * Gives what a file holds, and where it is not there yet has it made by one process of all that ask for it at the same
 * time; the others wait. A process that dies over it is replaced by the next one.
 *
 * @param find what the file holds, or undefined where it is not there or not whole
 * @param make writes the file, whole or not at all
 * @throws RunError when the folder cannot be written, InterruptionError when the person has asked to stop
 */
export async function madeOnce<T>(
  file: string,
  find: () => T | undefined | Promise<T | undefined>,
  make: () => Promise<T>,
): Promise<T> {
  for (;;) {
    throwIfInterrupted();
    const found = await find();
    if (found !== undefined) return found;
    const claim = `${file}.claim`;
    if (!takeClaim(claim)) {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
      continue;
    }
    try {
      // Between the look and the claim another process may have been done with it.
      return (await find()) ?? (await make());
    } finally {
      rmSync(claim, { force: true });
    }
  }
}

function takeClaim(claim: string): boolean {
  try {
    mkdirSync(dirname(claim), { recursive: true });
    const descriptor = openSync(claim, 'wx');
    try {
      writeSync(descriptor, JSON.stringify({ host: hostname(), pid: process.pid }));
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writingProblem(claim, error);
  }
  if (isAbandoned(claim)) removeClaim(claim);
  return false;
}

function isAbandoned(claim: string): boolean {
  try {
    if (Date.now() - statSync(claim).mtimeMs > CLAIM_EXPIRES) return true;
    const { host, pid } = JSON.parse(readFileSync(claim, 'utf8')) as { host: string; pid: number };
    return host === hostname() && !isAlive(pid);
  } catch {
    return false; // gone meanwhile, or not written yet
  }
}

/** Moved before it is deleted, so that of several that wait only one takes it away. */
function removeClaim(claim: string): void {
  const aside = `${claim}.${process.pid}`;
  try {
    renameSync(claim, aside);
  } catch {
    // Another process was quicker.
  }
  rmSync(aside, { force: true });
}
