import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const hasProc = existsSync('/proc/self/stat');

/** Ids of the processes, this one excepted, whose command line contains `text`. */
export function processesMentioning(text: string): number[] {
  const commands = hasProc ? commandsFromProc() : commandsFromPs();
  return commands.filter(({ pid, command }) => pid !== process.pid && command.includes(text)).map(({ pid }) => pid);
}

/** The server and the kernels that keep their files in `folder`: its configuration and their connection files. */
export function serverProcesses(folder: string): number[] {
  return [...processesMentioning(`--config=${folder}/`), ...processesMentioning(`${folder}/runtime/kernel-`)];
}

/** Whether the process runs. One that ended and waits for its parent to notice (a zombie) does not. */
export function isRunning(pid: number): boolean {
  if (!hasProc)
    return /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim());
  try {
    // "pid (name) state …", where the name may itself contain parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !'ZX'.includes(stat.charAt(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Ends a process and, if it leads a process group as kernels do, all of the group. Gone already is fine. */
export function killTree(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // No such process, or no such group.
    }
  }
}

function commandsFromProc(): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), command }];
      } catch {
        return []; // Ended since the folder was read.
      }
    });
}

function commandsFromPs(): { pid: number; command: string }[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), command: match[2] }] : [];
  });
}
