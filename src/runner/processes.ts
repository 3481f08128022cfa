import { readdirSync, readFileSync } from 'node:fs';
import { identify } from '../setup/lock.mjs';
import { orElse } from '../setup/or-else.mjs';

/** Ids of the processes, this one excepted, whose command line contains `text`. */
export function processesMentioning(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && commandOf(name).includes(text))
    .map(Number);
}

/** The server and the kernels that keep their files in `folder`: its configuration and their connection files. */
export function serverProcesses(folder: string): number[] {
  return [...processesMentioning(`--config=${folder}/`), ...processesMentioning(`${folder}/runtime/kernel-`)];
}

/** Whether the process runs. One that ended and waits for its parent to notice (a zombie) does not. */
export function isRunning(pid: number): boolean {
  return !['', 'Z', 'X'].includes(identify(pid).state);
}

/** Ends a process and, if it leads a process group as kernels do, all of the group. Gone already is fine. */
export function killTree(pid: number): void {
  for (const target of [-pid, pid]) {
    // There may be no such process, or no such group.
    orElse(() => process.kill(target, 'SIGKILL'), false);
  }
}

function commandOf(pid: string): string {
  // It may have ended since the folder was read.
  return orElse(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '), '');
}
