import { type LoadedExperiment, loadExperiment } from '../experiment/load';
import { madeBy, openRun } from '../experiment/run-folder';
import { isFinished } from './completion-record';
import { consoleView } from './console-view';
import { runNotebooks } from './run-notebooks';
import { abortOnSignals } from './signals';

export interface RunExperimentOptions {
  /** Overrides `a.b=value`. */
  set?: string[];
  /** Run again what has finished. */
  force?: boolean;
  /** Seconds that a cell may take; without it, any time. */
  timeoutSeconds?: number;
}

/**
 * Runs an experiment's notebooks, after those of every experiment it builds on. What has finished with the same resolved
 * experiment is left as it is.
 *
 * @returns the run folder
 * @throws ConfigurationError for a wrong experiment, RunnerError for what goes wrong in a notebook
 */
export async function runExperiment(
  file: string,
  { set = [], force = false, timeoutSeconds }: RunExperimentOptions = {},
): Promise<string> {
  const wanted = loadExperiment(file, { set });
  // Where the data lies is the same for all; every other override is meant for the experiment itself.
  const places = set.filter((override) => override.startsWith('data.root='));
  const all = [...wanted.dependencies.map((dependency) => loadExperiment(dependency, { set: places })), wanted];
  const due = all.filter((each) => force || !hasFinished(each));
  for (const { experiment, folder } of all.filter((each) => !due.includes(each)))
    console.log(`${experiment.name} has finished: ${folder} (--force runs it again)`);

  const jobs = due.map(({ path, experiment, folder }) => {
    const run = openRun(path, { set: path === wanted.path ? set : places });
    const { notebooks, name } = experiment;
    return { name, folder, notebooks, parameters: { experiment: run.path('experiment.yaml') } };
  });
  if (jobs.length > 0)
    await withSignals((signal) => runNotebooks(jobs, { view: consoleView(), signal, timeoutSeconds }));
  return wanted.folder;
}

function hasFinished({ experiment, folder }: LoadedExperiment): boolean {
  return isFinished(folder) && madeBy(experiment, folder);
}

async function withSignals<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, dispose } = abortOnSignals();
  try {
    return await action(signal);
  } finally {
    dispose();
  }
}
