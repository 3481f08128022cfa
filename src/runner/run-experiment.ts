import { shortHash } from '../experiment/canonical-json';
import { type LoadedExperiment, loadExperiment } from '../experiment/load';
import { openLoadedRun } from '../experiment/run-folder';
import { consoleView } from './console-view';
import { type NotebookJob, type RunNotebooksOptions, runNotebooks } from './run-notebooks';
import { abortOnSignals } from './signals';

export interface RunExperimentOptions
  extends Pick<RunNotebooksOptions, 'force' | 'fresh' | 'html' | 'timeoutSeconds' | 'view'> {
  /** Overrides `a.b=value`. */
  set?: string[];
}

/**
 * Runs an experiment's notebooks, after those of every experiment it builds on. What has finished with the same resolved
 * experiment and the same notebooks is left as it is; what was interrupted goes on.
 *
 * @returns the run folder
 * @throws ConfigurationError for a wrong experiment, RunnerError for what goes wrong in a notebook
 */
export async function runExperiment(
  file: string,
  { set = [], html = true, view = consoleView(), ...options }: RunExperimentOptions = {},
): Promise<string> {
  const wanted = loadExperiment(file, { set });
  const needed = wanted.dependencies.map((each) => loadExperiment(each.path, { set: each.set }));
  const jobs = [...needed, wanted].map(experimentJob);
  await withSignals((signal) => runNotebooks(jobs, { ...options, html, view, signal }));
  return wanted.folder;
}

/** The notebooks of an experiment, for the runner. */
export function experimentJob(loaded: LoadedExperiment): NotebookJob {
  const { experiment, folder } = loaded;
  return {
    name: experiment.name,
    folder,
    notebooks: experiment.notebooks,
    parameters: { experiment: `${folder}/experiment.yaml` },
    version: shortHash(experiment),
    prepare: () => void openLoadedRun(loaded),
  };
}

/** Ctrl-C and its kin abort the action's signal. */
export async function withSignals<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, dispose } = abortOnSignals();
  try {
    return await action(signal);
  } finally {
    dispose();
  }
}
