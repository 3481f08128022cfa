import { existsSync, readFileSync } from 'node:fs';
import { isRunning, processesMentioning } from '../processes';

/** Milliseconds between two looks at the kernel's process. */
const watchInterval = 250;

/** Milliseconds that a kernel's process may take to appear: on a busy machine the server is seconds behind its answer. */
const appearanceTime = 20_000;

/** The process that was started with this connection file, or undefined when none appears. */
export async function findKernelProcess(connectionFile: string): Promise<number | undefined> {
  const deadline = Date.now() + appearanceTime;
  while (Date.now() < deadline) {
    const [pid] = processesMentioning(connectionFile);
    if (pid !== undefined) return pid;
    await Bun.sleep(50);
  }
  return undefined;
}

/**
 * Looks at the process itself: a kernel's heartbeat also stops during a long computation.
 *
 * @param exitFile where the kernel leaves its exit code when it ends in order
 * @returns `gone` resolves, with what is known of the reason, when the process has ended
 */
export function watchKernelProcess(pid: number, exitFile: string): { gone: Promise<string>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setInterval(() => {
    if (isRunning(pid)) return;
    clearInterval(timer);
    resolve(
      existsSync(exitFile)
        ? `The kernel ended with exit code ${readFileSync(exitFile, 'utf8')} (process.exit, or an end of its own).`
        : 'The kernel died: it was killed, ran out of memory, or crashed in native code.',
    );
  }, watchInterval);
  return { gone: promise, stop: () => clearInterval(timer) };
}
