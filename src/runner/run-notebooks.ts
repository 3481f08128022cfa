import path from 'node:path';
import { removeCompletionRecord, writeCompletionRecord } from './completion-record';
import { RunnerError } from './errors';
import { exportHtml } from './html';
import { type JupyterServer, startServer } from './jupyter-server';
import { Kernel } from './kernel';
import { isCode, readNotebook, sourceOf } from './notebook';
import { shown } from './papermill';
import { injectParameters, type Parameters } from './parameters';
import { type PreparedNotebook, runNotebook } from './run-notebook';
import { type RunView, silentView } from './run-view';

/** Notebooks to be executed in their order, with the same parameters, for one run folder. */
export interface NotebookJob {
  name: string;
  /** The run folder; executed notebooks go to `<folder>/notebooks/`, the completion record to `<folder>/run.json`. */
  folder: string;
  /** Paths of the notebooks. */
  notebooks: string[];
  parameters: Parameters;
}

export interface RunNotebooksOptions {
  /** Seconds that a cell may take; without it, any time. */
  timeoutSeconds?: number;
  view?: RunView;
  /** Ends the run: the kernel is stopped, what ran is saved, and the signal's reason is thrown. */
  signal?: AbortSignal;
  /** Also write each executed notebook as HTML beside it, when a job is through. */
  html?: boolean;
  kernelName?: string;
}

export interface JobResult {
  name: string;
  folder: string;
  notebooks: { name: string; path: string; seconds: number }[];
  /** ISO 8601. */
  started: string;
  ended: string;
}

/**
 * Executes jobs one after the other: one Jupyter Server for all, a fresh kernel for each notebook. Every notebook is
 * read and checked before anything starts. Nothing that was started is left running, whichever way it ends.
 *
 * @throws RunnerError, with an exit code: a wrong notebook or parameter, a missing kernel; CellError for the first cell that
 *   fails; what `signal` was aborted with.
 */
export async function runNotebooks(jobs: NotebookJob[], options: RunNotebooksOptions = {}): Promise<JobResult[]> {
  const { kernelName = 'tslab', signal } = options;
  const prepared = await Promise.all(jobs.map(prepareJob));
  const server = await startServer({ kernelName, signal });
  try {
    const results: JobResult[] = [];
    for (const [index, job] of jobs.entries()) {
      results.push(await runJob(server, job, prepared[index], options));
    }
    return results;
  } finally {
    await server.stop();
  }
}

/** @throws RunnerError for two notebooks of one name, or see readNotebook and injectParameters. */
async function prepareJob({ folder, notebooks, parameters }: NotebookJob): Promise<PreparedNotebook[]> {
  const names = notebooks.map((file) => path.basename(file));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new RunnerError(`Two of the notebooks are called ${twice}`, 'Give one of them another name.');
  return Promise.all(
    notebooks.map(async (input) => {
      const output = path.join(folder, 'notebooks', path.basename(input));
      if (path.resolve(output) === path.resolve(input)) {
        throw new RunnerError(`${input} would be overwritten by its executed copy`, 'Choose another run folder.');
      }
      const notebook = await injectParameters(await readNotebook(input), parameters, input);
      return { input, output, parameters, notebook };
    }),
  );
}

async function runJob(
  server: JupyterServer,
  job: NotebookJob,
  prepared: PreparedNotebook[],
  options: RunNotebooksOptions,
): Promise<JobResult> {
  const { kernelName = 'tslab', view = silentView, signal, timeoutSeconds, html = false } = options;
  const started = new Date().toISOString();
  removeCompletionRecord(job.folder);

  const notebooks: JobResult['notebooks'] = [];
  for (const item of prepared) {
    const name = path.basename(item.input);
    const cells = item.notebook.cells.filter((cell) => isCode(cell) && sourceOf(cell).trim() !== '').length;
    view.notebookStarted({ job: job.name, notebook: name, cells });
    signal?.throwIfAborted();
    const kernel = await Kernel.start(server, kernelName, signal);
    try {
      const seconds = await runNotebook(kernel, item, { view, signal, timeoutSeconds });
      view.notebookFinished({ seconds, executedNotebook: shown(item.output) });
      notebooks.push({ name, path: item.output, seconds });
    } finally {
      await kernel.stop();
    }
  }
  if (html)
    await exportHtml(
      notebooks.map((notebook) => notebook.path),
      signal,
    );

  const ended = new Date().toISOString();
  writeCompletionRecord(job.folder, {
    state: 'finished',
    notebooks: notebooks.map(({ name, seconds }) => ({ name, seconds })),
    started,
    ended,
  });
  return { name: job.name, folder: job.folder, notebooks, started, ended };
}
