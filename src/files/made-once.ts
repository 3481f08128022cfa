import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { throwIfInterrupted } from '../interruption';
import { liveOwner, takeOver, tryLock } from '../setup/lock.mjs';
import { writingProblem } from './write-file';

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
    const claim = claimed(`${file}.claim`);
    if (!claim) {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
      continue;
    }
    try {
      // Between the look and the claim another process may have been done with it.
      return (await find()) ?? (await make());
    } finally {
      claim.release();
    }
  }
}

/** The lock of that name, or null where another process holds it. */
function claimed(name: string): ReturnType<typeof tryLock> {
  if (liveOwner(name)) return null;
  try {
    mkdirSync(dirname(name), { recursive: true });
    takeOver(name);
    return tryLock(name);
  } catch (error) {
    throw writingProblem(name, error);
  }
}
