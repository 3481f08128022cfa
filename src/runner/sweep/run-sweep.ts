import os from 'node:os';
import { type PlanCheck, unfinished, withSignals } from '../../commands/run-experiment';
import { openLoadedRun } from '../../experiment/run-folder';
import type { PlannedRun, SweepPlan } from '../../experiment/sweep/plan';
import { threadLimit } from '../../tensorflow/environment';
import { problemOf, secondsOf, situationOf } from '../runs/run-state';
import { childRun, LOG_FILE, logTail } from './child-run';
import { schedule } from './schedule';
import type { SweepRow, SweepView } from './sweep-view';

export interface RunSweepOptions {
  /** Runs side by side; the machine's threads are shared out among them. */
  jobs?: number;
  force?: boolean;
  fresh?: boolean;
  timeoutSeconds?: number;
  html?: boolean;
  check?: PlanCheck;
  /** The runs' own logs say all that `roadseg run --verbose` does. */
  verbose?: boolean;
  view: SweepView;
}

/** Milliseconds between two looks at the runs. */
const interval = 500;

/**
 * Runs what is left of a sweep, each run in a process of its own. One that fails does not stop the others.
 *
 * @returns every run as it stands in the end
 * @throws InterruptedError after a signal, when all runs have stopped
 */
export async function runSweep(plan: SweepPlan, options: RunSweepOptions): Promise<SweepRow[]> {
  const { jobs = 1, force = false, fresh = false, check, view } = options;
  const { due, finished: before } = await dueRuns(plan, { force, fresh, check });

  const rows = new Map(
    plan.runs.map((run): [PlannedRun, SweepRow] => {
      const { folder } = run.loaded;
      const finished = before.has(run);
      const seconds = finished ? secondsOf(situationOf(folder)) : undefined;
      return [run, { label: run.label, folder, state: finished ? 'finished' : 'waiting', before: finished, seconds }];
    }),
  );
  const tasks = due.map((run) => ({ id: run.loaded.folder, needs: run.needs, run, row: rows.get(run)! }));
  const environment = sharedThreads(Math.min(jobs, tasks.length));
  const flags = runFlags(options);

  const show = () => {
    for (const row of rows.values()) if (row.state === 'running') follow(row);
    view.show([...rows.values()]);
  };
  const timer = setInterval(show, interval);
  try {
    await withSignals(async (signal) => {
      const outcomes = await schedule(
        tasks,
        jobs,
        async ({ run, row }) => {
          openLoadedRun(run.loaded);
          row.state = 'running';
          show();
          const exitCode = await childRun(row.folder, { flags, environment, signal });
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
    view.end();
  }
  return [...rows.values()];
}

/**
 * What is left of a sweep, looked at before anything starts.
 *
 * @throws what the check throws
 */
export async function dueRuns(
  plan: SweepPlan,
  { check, ...options }: Pick<RunSweepOptions, 'check' | 'force' | 'fresh'>,
): Promise<{ due: PlannedRun[]; finished: Set<PlannedRun> }> {
  const all = plan.runs.map(({ loaded }) => loaded);
  const left = new Set(await unfinished(all, options));
  await check?.([...left], all);
  return {
    due: plan.runs.filter(({ loaded }) => left.has(loaded)),
    finished: new Set(plan.runs.filter(({ loaded }) => !left.has(loaded))),
  };
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

/** The options of `roadseg run` for every run of a sweep. */
export function runFlags({
  force,
  fresh,
  timeoutSeconds,
  html = true,
  verbose,
}: Omit<RunSweepOptions, 'view'>): string[] {
  return [
    ...(force ? ['--force'] : []),
    ...(fresh ? ['--fresh'] : []),
    ...(timeoutSeconds === undefined ? [] : ['--timeout', String(timeoutSeconds)]),
    ...(html ? [] : ['--no-html']),
    ...(verbose ? ['--verbose'] : []),
  ];
}

/** TensorFlow takes all cores unless it is told; what the person has set stays. */
export function sharedThreads(runs: number, cores = os.availableParallelism()): Record<string, string> {
  if (runs <= 1) return {};
  return threadLimit(Math.max(1, Math.floor(cores / runs)));
}
