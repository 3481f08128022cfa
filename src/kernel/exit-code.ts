import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** The folder where a kernel leaves its exit code when it ends in order; set by whoever wants to know. */
export const EXIT_FOLDER_VARIABLE = 'ROADSEG_KERNEL_EXITS';

const FLUSH_MILLISECONDS = 100;

/** @param connectionFile of the kernel */
export function exitFile(folder: string, connectionFile: string): string {
  return path.join(folder, `${path.basename(connectionFile, '.json')}.exit`);
}

export function leaveExitCode(connectionFile: string): void {
  const folder = process.env[EXIT_FOLDER_VARIABLE];
  if (!folder) return;
  process.on('exit', (code) => {
    writeFileSync(exitFile(folder, connectionFile), String(code));
    // What the cell printed is on its way in a thread of zmq's, which ends with the process.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FLUSH_MILLISECONDS);
  });
}
