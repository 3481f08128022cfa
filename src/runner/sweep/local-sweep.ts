import { problemOf, secondsOf, situationOf } from '../runs/situation';
import { withSignals } from '../signals';
import { childRun, type JobProcess, LOG_FILE, logTail, type SweepJob } from './job-process';
import { schedule } from './schedule';
import type { SweepRow, SweepView } from './sweep-view';

export interface RunSweepOptions {
  process: JobProcess;
  /** Jobs side by side. */
  atOnce?: number;
  /** For each job's process. */
  environment?: Record<string, string>;
  view: SweepView;
}

/** Milliseconds between two looks at the runs. */
const interval = 500;

/**
 * Runs what is left of a sweep, each job in a process of its own. One that fails does not stop the others.
 *
 * @returns every run as it stands in the end
 * @throws InterruptedError after a signal, when all runs have stopped
 */
export async function runSweep(jobs: readonly SweepJob[], options: RunSweepOptions): Promise<SweepRow[]> {
  const { process: jobProcess, atOnce = 1, environment, view } = options;
  const rows = new Map(
    jobs.map((job): [SweepJob, SweepRow] => {
      const { label, folder, finished } = job;
      const seconds = finished ? secondsOf(situationOf(folder)) : undefined;
      return [job, { label, folder, state: finished ? 'finished' : 'waiting', before: finished, seconds }];
    }),
  );
  const due = jobs.filter(({ finished }) => !finished);
  const tasks = due.map((job) => ({ id: job.folder, needs: job.needs, job, row: rows.get(job)! }));

  const show = () => {
    for (const row of rows.values()) if (row.state === 'running') follow(row);
    view([...rows.values()]);
  };
  const timer = setInterval(show, interval);
  try {
    await withSignals(async (signal) => {
      const outcomes = await schedule(
        tasks,
        atOnce,
        async ({ job, row }) => {
          job.prepare();
          row.state = 'running';
          show();
          const exitCode = await childRun(row.folder, jobProcess, { environment, signal });
          Object.assign(row, ended(row.folder, exitCode));
          show();
          return exitCode === 0;
        },
        signal,
      );
      for (const [{ row, needs }, outcome] of outcomes) {
        if (outcome !== 'skipped') continue;
        const failed = needs.find((folder) => [...rows.values()].some((other) => isFailed(other, folder)));
        row.state = signal.aborted ? 'waiting' : 'skipped';
        row.problem = failed ? `needs ${failed}, which did not finish` : undefined;
      }
      signal.throwIfAborted();
    });
  } finally {
    clearInterval(timer);
    show();
  }
  return [...rows.values()];
}

function isFailed(row: SweepRow, folder: string): boolean {
  return row.folder === folder && (row.state === 'failed' || row.state === 'skipped');
}

function follow(row: SweepRow): void {
  const situation = situationOf(row.folder);
  row.status = situation.status;
  row.seconds = situation.state === 'running' ? secondsOf(situation) : undefined;
}

/** How a run's process ended; the folder says why. */
function ended(folder: string, exitCode: number): Partial<SweepRow> {
  const situation = situationOf(folder);
  const common = { status: undefined, seconds: secondsOf(situation) };
  if (exitCode === 0) return { ...common, state: 'finished' };
  const state = situation.state === 'interrupted' ? 'interrupted' : 'failed';
  // Without a record of its own the run was refused, as when another process holds the folder.
  const own = situation.state === 'failed' || situation.state === 'interrupted' ? problemOf(situation) : undefined;
  return { ...common, state, problem: own ?? (logTail(folder) || `exit code ${exitCode}, see ${folder}/${LOG_FILE}`) };
}
