import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { tail } from '../../setup/command.mjs';
import { InterruptedError } from '../errors';

/** One of many runs, as far as the runner has to know it. */
export interface SweepJob {
  label: string;
  /** The run folder, relative to the project folder; what lies there says how the run stands. */
  folder: string;
  /** Folders of jobs that have to be finished first. */
  needs: readonly string[];
  /** Nothing is left to be done. */
  finished: boolean;
  /** Puts into the folder what the job's process expects there. */
  prepare(): void;
}

/** How the process of a job is started: `<program> <folder>/<file> <flags> <firstFlags>`. */
export interface JobProcess {
  program: readonly string[];
  /** A file of the run folder. */
  file: string;
  flags?: readonly string[];
  /** Flags that only count when a job starts for the first time, not when a batch system starts it again. */
  firstFlags?: readonly string[];
}

export interface ChildRunOptions {
  environment?: Record<string, string>;
  /** Sends the child its reason's signal, and the child stops in order. */
  signal?: AbortSignal;
}

/** What the runs of a sweep print goes to this file of their folders. */
export const LOG_FILE = 'run.log';

/**
 * Works on a run folder in a process of its own, which ends when this one does, whichever way.
 *
 * @returns its exit code
 */
export async function childRun(
  folder: string,
  { program, file, flags = [], firstFlags = [] }: JobProcess,
  { environment = {}, signal }: ChildRunOptions = {},
): Promise<number> {
  const log = openSync(path.join(folder, LOG_FILE), 'a');
  const [command, ...others] = program;
  const child = spawn(command, [...others, path.join(folder, file), ...flags, ...firstFlags], {
    // The log is a file, whatever colours the terminal was asked for.
    env: { ...process.env, ...environment, FORCE_COLOR: '0' },
    // The channel closes when this process ends.
    stdio: ['ignore', log, log, 'ipc'],
    // A session of its own: Ctrl-C goes to the sweep, which ends its runs in order.
    detached: true,
  });
  closeSync(log);
  const end = () => child.kill(signal?.reason instanceof InterruptedError ? signal.reason.signalName : 'SIGTERM');
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/** The last lines that a run printed. */
export function logTail(folder: string, lines = 3): string {
  return tail(path.join(folder, LOG_FILE), lines).trim();
}
