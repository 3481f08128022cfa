import { holderOf } from '../../files/folder-lock';
import { InterruptedError } from '../errors';
import { problemOf, secondsOf, situationOf } from '../runs/situation';
import { withSignals } from '../signals';
import { logTail, type SweepJob } from '../sweep/job-process';
import type { SweepRow, SweepView } from '../sweep/sweep-view';
import { cancel, type QueuedTask, submit } from './slurm-client';
import { type SubmissionOptions, taskLog, tasksByFolder, writeSubmission } from './submissions';

export interface SlurmSweepOptions extends Omit<SubmissionOptions, 'folders'> {
  view: SweepView;
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
export async function runSlurmSweep(jobs: readonly SweepJob[], options: SlurmSweepOptions): Promise<SweepRow[]> {
  const { follow = true, interval = 2000, view, ...submission } = options;
  const queued = await tasksByFolder();
  const isActive = ({ folder }: SweepJob) => queued.has(folder) || holderOf(folder) !== undefined;
  const due = jobs.filter((job) => !job.finished && !isActive(job));
  await submitJobs(due, queued, submission);

  const seen = new Map<string, QueuedTask>();
  const look = async (tasks: Map<string, QueuedTask>) => {
    for (const [folder, task] of tasks) seen.set(folder, task);
    const rows = jobs.map((job) => rowOf(job, tasks.get(job.folder)));
    for (const [index, row] of rows.entries()) explain(row, rows, jobs[index], seen.get(row.folder));
    view(rows);
    return { rows, active: rows.some(({ state }) => state === 'queued' || state === 'running') };
  };
  return withSignals(async (signal) => {
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
}

const goesOn = 'The jobs go on; the same command follows them again, and with --cancel it ends them.';

/** How often in a row the queue may fail to answer, as while Slurm's controller starts again. */
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

/** Takes runs out of the queue, and ends those that run. @returns how many there were */
export async function cancelSlurmJobs(folders: readonly string[]): Promise<number> {
  const tasks = await tasksByFolder();
  const ids = folders.flatMap((folder) => tasks.get(folder)?.id ?? []);
  await cancel(ids);
  return ids.length;
}

/** One job array for all that wait for the same tasks. What is needed comes first, so its task is known. */
async function submitJobs(
  due: readonly SweepJob[],
  queued: Map<string, QueuedTask>,
  options: Omit<SubmissionOptions, 'folders'>,
): Promise<void> {
  const waiting = new Map(due.map((job) => [job.folder, job]));
  const ids = new Map([...queued].map(([folder, task]) => [folder, task.id]));
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ needs }) => !needs.some((folder) => waiting.has(folder)));
    const after = ({ needs }: SweepJob) => needs.flatMap((folder) => ids.get(folder) ?? []);
    const group = ready.filter((job) => after(job).join() === after(ready[0]).join());
    for (const job of group) job.prepare();
    const id = await submit(
      writeSubmission({ ...options, folders: group.map(({ folder }) => folder) }),
      after(group[0]),
    );
    group.forEach(({ folder }, index) => {
      ids.set(folder, `${id}_${index}`);
      waiting.delete(folder);
    });
  }
}

function rowOf({ label, folder, finished }: SweepJob, task: QueuedTask | undefined): SweepRow {
  const situation = situationOf(folder);
  const common = { label, folder, before: finished, status: situation.status, seconds: secondsOf(situation) };
  if (situation.state === 'running') return { ...common, state: 'running' };
  // In the queue, the folder still tells of the time before.
  if (task) return { label, folder, state: task.state === 'PENDING' ? 'queued' : 'running' };
  if (situation.state === 'finished') return { ...common, state: 'finished' };
  if (situation.state === 'not started') return { label, folder, state: 'failed' };
  const state = situation.state === 'interrupted' ? 'interrupted' : 'failed';
  return { ...common, state, problem: problemOf(situation) };
}

/** Why a run that left the queue never started. */
function explain(row: SweepRow, rows: readonly SweepRow[], { needs }: SweepJob, task: QueuedTask | undefined): void {
  if (row.state !== 'failed' || row.problem) return;
  const missing = needs.find((folder) => rows.some((other) => other.folder === folder && other.state !== 'finished'));
  if (missing) {
    row.state = 'skipped';
    row.problem = `needs ${missing}, which did not finish`;
  } else {
    row.problem = taskLog(task) || logTail(row.folder) || 'it left the queue before it began: cancelled, or refused';
  }
}
