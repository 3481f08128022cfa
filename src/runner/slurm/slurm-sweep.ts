import { withSignals } from '../../commands/run-experiment';
import { openLoadedRun } from '../../experiment/run-folder';
import type { PlannedRun, SweepPlan } from '../../experiment/sweep/plan';
import { holderOf } from '../../files/folder-lock';
import { InterruptedError } from '../errors';
import { problemOf, secondsOf, situationOf } from '../runs/run-state';
import { logTail } from '../sweep/child-run';
import { dueRuns, type RunSweepOptions, runFlags } from '../sweep/run-sweep';
import type { SweepRow } from '../sweep/sweep-view';
import { cancel, type QueuedTask, submit } from './slurm-client';
import type { SlurmSettings } from './slurm-settings';
import { taskLog, tasksByFolder, writeSubmission } from './submissions';

export interface SlurmSweepOptions extends RunSweepOptions {
  settings: SlurmSettings;
  /** Come back as soon as everything is submitted. */
  follow?: boolean;
  /** Milliseconds between two looks at the runs and the queue. */
  interval?: number;
}

/**
 * Submits what is left of a sweep to Slurm and follows it. What is in the queue already is only followed; what failed, was
 * preempted or ran out of time is submitted again, and resumes. How a run stands is told by its folder; the queue tells
 * only what may still come.
 *
 * @returns every run as it stands in the end
 * @throws InterruptedError after a signal; the jobs go on
 */
export async function runSlurmSweep(plan: SweepPlan, options: SlurmSweepOptions): Promise<SweepRow[]> {
  const { follow = true, interval = 2000, view } = options;
  const { due: left, finished } = await dueRuns(plan, options);
  const queued = await tasksByFolder();
  const isActive = ({ loaded: { folder } }: PlannedRun) => queued.has(folder) || holderOf(folder) !== undefined;
  const due = left.filter((run) => !isActive(run));
  await submitRuns(plan, due, queued, options);

  const seen = new Map<string, QueuedTask>();
  const look = async (tasks: Map<string, QueuedTask>) => {
    for (const [folder, task] of tasks) seen.set(folder, task);
    const rows = plan.runs.map((run) => rowOf(run, tasks.get(run.loaded.folder), finished.has(run)));
    for (const row of rows) explain(row, rows, plan, seen.get(row.folder));
    view.show(rows);
    return { rows, active: rows.some(({ state }) => state === 'queued' || state === 'running') };
  };
  try {
    return await withSignals(async (signal) => {
      // A folder on a network file system may be a moment behind the queue, so the end is looked at twice.
      const queue = patientQueue();
      for (let quiet = 0; ; ) {
        const { rows, active } = await look(await queue());
        quiet = active ? 0 : quiet + 1;
        if (!follow || quiet === 2) return rows;
        await Bun.sleep(interval);
        if (signal.reason instanceof InterruptedError) throw new InterruptedError(signal.reason.signalName, goesOn);
      }
    });
  } finally {
    view.end();
  }
}

const goesOn = 'The jobs go on; the same command follows them again, and with --cancel it ends them.';

/** How often in a row the queue may fail to answer, as while Slurm's controller starts anew. */
const PATIENCE = 30;

/** Asks for the queue; when it does not answer, it is taken to be what it was. */
function patientQueue(): () => Promise<Map<string, QueuedTask>> {
  let last: Map<string, QueuedTask> | undefined;
  let failures = 0;
  return async () => {
    try {
      last = await tasksByFolder();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!last || failures > PATIENCE) throw error;
    }
    return last;
  };
}

/** Takes the runs of a sweep out of the queue, and ends those that run. @returns how many there were */
export async function cancelSlurmSweep(plan: SweepPlan): Promise<number> {
  const tasks = await tasksByFolder();
  const ids = plan.runs.flatMap(({ loaded: { folder } }) => tasks.get(folder)?.id ?? []);
  await cancel(ids);
  return ids.length;
}

/** One job array for all runs that wait for the same tasks. What is needed comes first in the plan, so its task is known. */
async function submitRuns(
  plan: SweepPlan,
  due: readonly PlannedRun[],
  queued: Map<string, QueuedTask>,
  options: SlurmSweepOptions,
): Promise<void> {
  const { settings, force, fresh, check: _, ...others } = options;
  const waiting = new Set(due);
  const ids = new Map([...queued].map(([folder, task]) => [folder, task.id]));
  while (waiting.size > 0) {
    const ready = [...waiting].filter(({ needs }) => !needs.some((folder) => has(waiting, folder)));
    const after = ({ needs }: PlannedRun) => needs.flatMap((folder) => ids.get(folder) ?? []);
    const group = ready.filter((run) => after(run).join() === after(ready[0]).join());
    for (const run of group) openLoadedRun(run.loaded);
    const script = writeSubmission({
      name: plan.name,
      folders: group.map(({ loaded }) => loaded.folder),
      settings,
      flags: runFlags({ ...others, force: false, fresh: false }),
      firstFlags: runFlags({ force, fresh }),
    });
    const job = await submit(script, after(group[0]));
    group.forEach((run, index) => {
      ids.set(run.loaded.folder, `${job}_${index}`);
      waiting.delete(run);
    });
  }
}

function has(runs: ReadonlySet<PlannedRun>, folder: string): boolean {
  return [...runs].some(({ loaded }) => loaded.folder === folder);
}

function rowOf({ label, loaded: { folder } }: PlannedRun, task: QueuedTask | undefined, before: boolean): SweepRow {
  const situation = situationOf(folder);
  const common = { label, folder, before, status: situation.status, seconds: secondsOf(situation) };
  if (situation.state === 'running') return { ...common, state: 'running' };
  // In the queue, the folder still tells of the time before.
  if (task) return { label, folder, state: task.state === 'PENDING' ? 'queued' : 'running' };
  if (situation.state === 'finished') return { ...common, state: 'finished' };
  if (situation.state === 'not started') return { label, folder, state: 'failed' };
  const state = situation.state === 'interrupted' ? 'interrupted' : 'failed';
  return { ...common, state, problem: problemOf(situation) };
}

/** Why a run that left the queue never started. */
function explain(row: SweepRow, rows: readonly SweepRow[], plan: SweepPlan, task: QueuedTask | undefined): void {
  if (row.state !== 'failed' || row.problem) return;
  const { needs } = plan.runs.find(({ loaded }) => loaded.folder === row.folder)!;
  const missing = needs.find((folder) => rows.some((other) => other.folder === folder && other.state !== 'finished'));
  if (missing) {
    row.state = 'skipped';
    row.problem = `needs ${missing}, which did not finish`;
  } else {
    row.problem = taskLog(task) || logTail(row.folder) || 'it left the queue before it began: cancelled, or refused';
  }
}
