import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { shortHash } from '../../configuration/canonical-json';
import { UserError } from '../../errors';
import { holderOf, takeFolder } from '../../files/folder-lock';
import { removeFile } from '../../files/write-file';
import { durationText } from '../../human-units';
import { loadingCell } from '../../kernel/compile-notebooks';
import { compilingText, type OnCompiling } from '../../kernel/compiler';
import { KERNEL_NAME } from '../../setup/kernelspec.mjs';
import { PROJECT_ROOT } from '../../setup/project.mjs';
import { tensorflowVariant } from '../../setup/python.mjs';
import type { RunView } from '../console/run-view';
import { statusView } from '../console/status-view';
import { ViewsInTurn } from '../console/views-in-turn';
import { CellError, InterruptedError, RunnerError } from '../errors';
import { type JupyterServer, startServer } from '../jupyter/jupyter-server';
import { KernelsInTurn } from '../jupyter/kernels-in-turn';
import { finishedNotebooks, type RunRecord, readRunRecord, writeRunRecord } from '../runs/run-record';
import { writeStatus } from '../runs/run-status';
import { LOG_FILE } from '../sweep/job-process';
import { schedule } from '../sweep/schedule';
import { compilingAhead } from './compile-ahead';
import { executedCells, type PreparedNotebook, runNotebook } from './execute-notebook';
import { HtmlExport } from './html-export';
import { isCode, readNotebook, sourceOf } from './notebook';
import { shown } from './papermill';
import { injectParameters, type Parameters } from './parameters';

/** Notebooks to be executed in their order, with the same parameters, for one run folder. */
export interface NotebookJob {
  name: string;
  /** The run folder; executed notebooks go to `<folder>/notebooks/`, the runner's record to `<folder>/run.json`. */
  folder: string;
  /** Paths of the notebooks. */
  notebooks: string[];
  parameters: Parameters;
  /** Run folders of other jobs that have to go through first. */
  needs?: readonly string[];
  /**
   * What a notebook depends on beside its cells and parameters: it is run again where this has changed.
   *
   * @param reads what the notebook itself says of that (`roadseg.reads` in its metadata)
   */
  version?: (reads: readonly string[] | undefined) => string;
  /** Puts into the folder what the notebooks expect there. */
  prepare?: (how: { fresh: boolean }) => void;
  /**
   * Whether what the notebooks left in the folder still holds; where it does not, they are run again. Throws where they
   * could not go on in this folder.
   */
  isIntact?: () => Promise<boolean>;
}

export interface RunNotebooksOptions {
  /** Seconds that a cell may take; without it, any time. */
  timeoutSeconds?: number;
  view?: RunView;
  /** So many jobs side by side, each as soon as what it needs has gone through. */
  atOnce?: number;
  /** Variables for the kernels, beside those of this process. */
  environment?: Readonly<Record<string, string>>;
  /** Ends the run: the kernels are stopped, what ran is saved, and the signal's reason is thrown. */
  signal?: AbortSignal;
  /** Also write each executed notebook as HTML beside it. */
  html?: boolean;
  /** Run notebooks again that went through. */
  force?: boolean;
  /** Empty the run folders first. */
  fresh?: boolean;
}

export interface JobResult {
  name: string;
  folder: string;
  /** Nothing was left to be done. */
  skipped: boolean;
  record: RunRecord;
}

interface PreparedJob extends NotebookJob {
  items: (PreparedNotebook & { name: string; digest: string })[];
}

/**
 * Executes jobs, by default one after the other: one Jupyter Server for all, a fresh kernel for each notebook. Every
 * notebook is read and checked before anything starts. What went through before, by the runner's own record, is not run
 * again. Where one of several side by side fails, the others are stopped in order. Nothing that was started is left running,
 * whichever way it ends.
 *
 * @throws RunnerError, with an exit code: a wrong notebook or parameter, a missing kernel, a run folder that another process
 *   holds or that cannot be written; CellError for the first cell that fails; what `signal` was aborted with.
 */
export async function runNotebooks(jobs: NotebookJob[], options: RunNotebooksOptions = {}): Promise<JobResult[]> {
  const { view = {}, atOnce = 1, environment } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const prepared = await Promise.all(jobs.map(prepareJob));
  // What stands in the way of a later job is told before the first starts.
  if (!options.fresh) for (const job of prepared) await isIntact(job);
  const startedServer = async () => {
    const began = performance.now();
    const cells = prepared.flatMap(({ items }) =>
      items.map(({ input, notebook }) => {
        return { folder: path.dirname(path.resolve(input)), sources: executedCells(notebook).map(sourceOf) };
      }),
    );
    const onCompiling: OnCompiling = (done, modules) => view.text?.('stdout', `${compilingText(done, modules)}\r`);
    const server = await compilingAhead(cells, { signal, onCompiling }, async () => {
      const started = await startServer(signal, environment);
      view.detail?.(`Jupyter Server at ${started.settings.baseUrl}, ready after ${since(began)}`);
      return started;
    });
    view.detail?.(`notebooks compiled, ${since(began)} after the start`);
    return server;
  };
  let server: Promise<JupyterServer> | undefined;
  const getServer = () => {
    server ??= startedServer();
    return server;
  };
  const views = new ViewsInTurn(view);
  const results = new Map<PreparedJob, JobResult>();
  const failures: unknown[] = [];
  const run = async ({ job }: { job: PreparedJob }) => {
    const turn = views.begin();
    try {
      results.set(job, await runJob(job, getServer, { ...options, signal, view: turn.view }));
    } catch (error) {
      failures.push(error);
      stop.abort(new InterruptedError('SIGTERM'));
    }
    turn.end();
    return results.has(job);
  };
  try {
    const tasks = prepared.map((job) => ({ id: job.folder, needs: job.needs ?? [], job }));
    await schedule(tasks, atOnce, run, signal);
  } finally {
    await (await server?.catch(() => undefined))?.stop();
  }
  if (failures.length > 0) throw failures[0];
  options.signal?.throwIfAborted();
  return prepared.map((job) => results.get(job)!);
}

/** Whether nothing is left to be done for a job: its notebooks, as they are now, all went through. */
export async function hasFinished(job: NotebookJob): Promise<boolean> {
  if (!isFinished(await prepareJob(job))) return false;
  try {
    return await isIntact(job);
  } catch (error) {
    if (error instanceof UserError) return false; // told when it is run
    throw error;
  }
}

/** A folder that another process works on changes meanwhile; whoever takes its lock is refused. */
async function isIntact(job: NotebookJob): Promise<boolean> {
  return holderOf(job.folder) !== undefined || ((await job.isIntact?.()) ?? true);
}

function isFinished({ folder, items }: PreparedJob): boolean {
  const record = readRunRecord(folder);
  const digests = items.map(({ digest }) => digest);
  return record?.state === 'finished' && finishedNotebooks(record, digests) === items.length && !holderOf(folder);
}

/** @throws RunnerError for two notebooks of one name, or see readNotebook and injectParameters. */
async function prepareJob(job: NotebookJob): Promise<PreparedJob> {
  const { folder, notebooks, parameters, version } = job;
  const names = notebooks.map((file) => path.basename(file));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new RunnerError(`Two of the notebooks are called ${twice}`, 'Give one of them another name.');
  const items = notebooks.map(async (input) => {
    const name = path.basename(input);
    const output = path.join(folder, 'notebooks', name);
    if (path.resolve(output) === path.resolve(input)) {
      throw new RunnerError(`${input} would be overwritten by its executed copy`, 'Choose another run folder.');
    }
    const notebook = await injectParameters(await readNotebook(input), parameters, input);
    const own = version?.(notebook.metadata.roadseg?.reads) ?? '';
    const digest = shortHash([own, notebook.cells.filter(isCode).map(sourceOf)], 16);
    return { name, input, output, parameters, notebook, digest };
  });
  return { ...job, items: await Promise.all(items) };
}

async function runJob(
  job: PreparedJob,
  getServer: () => Promise<JupyterServer>,
  options: RunNotebooksOptions,
): Promise<JobResult> {
  const { view = {}, signal, force = false, fresh = false } = options;
  const { name, folder, items } = job;
  const digests = items.map(({ digest }) => digest);
  signal?.throwIfAborted();
  const intact = fresh || (await isIntact(job));
  // Looked at without the lock, so that results which cannot be written can be built on.
  if (!force && !fresh && intact && isFinished(job)) {
    view.jobSkipped?.({ job: name, folder: shown(folder) });
    return { name, folder, skipped: true, record: readRunRecord(folder)! };
  }

  const lock = takeFolder(folder);
  try {
    if (fresh) {
      requireRunFolder(folder);
      for (const name of leftIn(folder)) removeFile(path.join(folder, name));
    }
    job.prepare?.({ fresh });
    const earlier = readRunRecord(folder);
    const done = force || fresh || !intact ? 0 : finishedNotebooks(earlier, digests);
    if (done > 0) view.notebooksSkipped?.({ job: name, notebooks: items.slice(0, done).map((item) => item.name) });
    const now = new Date().toISOString();
    const goesOn = earlier !== undefined && earlier.state !== 'finished';
    const record: RunRecord = {
      state: 'running',
      notebooks: (earlier?.notebooks ?? []).slice(0, done),
      total: items.length,
      attempts: goesOn ? earlier.attempts + 1 : 1,
      started: goesOn ? earlier.started : now,
      resumed: now,
      ended: null,
      seconds: goesOn ? earlier.seconds : 0,
    };
    const names = items.map((item) => item.name);
    const shownView = statusView(names, (status) => writeStatus(folder, status), view);
    await recorded(folder, record, () => runItems(job, record, getServer, { ...options, view: shownView }));
    return { name, folder, skipped: false, record };
  } finally {
    lock.release();
  }
}

/** Keeps `run.json` while an action goes on; how it ended is written last. */
async function recorded(folder: string, record: RunRecord, action: () => Promise<void>): Promise<void> {
  writeRunRecord(folder, record);
  try {
    await action();
    record.state = 'finished';
  } catch (error) {
    record.state = error instanceof InterruptedError ? 'interrupted' : 'failed';
    record.error = (error as Error).message;
    if (error instanceof CellError) record.headline = error.headline;
    throw error;
  } finally {
    record.ended = new Date().toISOString();
    record.seconds += (Date.parse(record.ended) - Date.parse(record.resumed)) / 1000;
    // What went wrong first is what is to be told.
    if (record.state === 'finished') writeRunRecord(folder, record);
    else
      try {
        writeRunRecord(folder, record);
      } catch {}
  }
}

/** Executes the notebooks that are not in the record yet, and adds them as they go through. */
async function runItems(
  { name: job, folder, items }: PreparedJob,
  record: RunRecord,
  getServer: () => Promise<JupyterServer>,
  options: RunNotebooksOptions,
): Promise<void> {
  const { view = {}, signal, timeoutSeconds, html = false } = options;
  const pages = new HtmlExport(signal);
  // A kernel that waits would keep memory of a GPU from the one that works.
  const loadsAhead = tensorflowVariant({ root: PROJECT_ROOT, env: process.env }) === 'cpu';
  const left = items.slice(record.notebooks.length);
  const orders = left.map(({ input, notebook }) => {
    const loading = loadsAhead ? loadingCell(executedCells(notebook).map(sourceOf)) : '';
    return { notebook: shown(input), loading };
  });
  const kernels = new KernelsInTurn(getServer, orders, signal);
  try {
    for (const item of left) {
      const cells = executedCells(item.notebook).length;
      view.notebookStarted?.({ job, notebook: item.name, cells });
      signal?.throwIfAborted();
      const began = performance.now();
      const kernel = await kernels.next();
      try {
        view.detail?.(`kernel ${KERNEL_NAME}, process ${kernel.pid}, ready after ${since(began)}`);
        const seconds = await runNotebook(kernel, item, { view, signal, timeoutSeconds });
        view.notebookFinished?.({ seconds, executedNotebook: shown(item.output) });
        record.notebooks.push({ name: item.name, digest: item.digest, seconds, ended: new Date().toISOString() });
        writeRunRecord(folder, record);
      } finally {
        await kernel.stop();
        if (html && !signal?.aborted && existsSync(item.output)) pages.start([item.output]);
      }
    }
  } finally {
    await kernels.stop();
    if (html && !signal?.aborted) {
      pages.start(items.map((item) => item.output).filter((file) => existsSync(file) && !pages.has(file)));
      const began = performance.now();
      const problems = await pages.finish();
      view.detail?.(`waited ${since(began)} for the notebooks as HTML`);
      for (const problem of problems) view.warning?.(problem);
    }
  }
  signal?.throwIfAborted();
}

const since = (began: number) => durationText((performance.now() - began) / 1000);

/** @throws RunnerError for a folder that holds something else than a run, which is not to be emptied */
function requireRunFolder(folder: string): void {
  const names = leftIn(folder);
  if (names.length === 0 || names.includes('experiment.yaml') || names.includes('run.json')) return;
  throw new RunnerError(
    `${folder} holds ${names.slice(0, 3).join(', ')} and no experiment.yaml, so it is not emptied`,
    'Run without --fresh, or choose another folder.',
  );
}

/** All but the lock, and what a sweep has its runs print to. */
function leftIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith('.lock') && name !== LOG_FILE);
}
