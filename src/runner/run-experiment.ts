import { shortHash } from '../experiment/canonical-json';
import { type LoadedExperiment, loadExperiment } from '../experiment/load';
import { openLoadedRun } from '../experiment/run-folder';
import { consoleView } from './console-view';
import { hasFinished, type NotebookJob, type RunNotebooksOptions, runNotebooks } from './run-notebooks';
import { abortOnSignals } from './signals';

export interface RunExperimentOptions
  extends Pick<RunNotebooksOptions, 'force' | 'fresh' | 'html' | 'timeoutSeconds' | 'view'> {
  /** Overrides `a.b=value`. */
  set?: string[];
  check?: PlanCheck;
}

/**
 * Looks at runs before any of them starts, and before anything is written; throws what stands in the way.
 *
 * @param due those that have not finished, and so are going to run
 * @param plan all of them
 */
export type PlanCheck = (due: readonly LoadedExperiment[], plan: readonly LoadedExperiment[]) => Promise<void>;

/**
 * Runs an experiment's notebooks, after those of every experiment it builds on. What has finished with the same resolved
 * experiment and the same notebooks is left as it is; what was interrupted goes on.
 *
 * @returns the run folder
 * @throws ConfigurationError for a wrong experiment, RunnerError for what goes wrong in a notebook
 */
export async function runExperiment(
  file: string,
  { set = [], html = true, view = consoleView(), check, ...options }: RunExperimentOptions = {},
): Promise<string> {
  const wanted = loadExperiment(file, { set });
  const needed = wanted.dependencies.map((each) => loadExperiment(each.path, { set: each.set }));
  const plan = [...needed, wanted];
  await check?.(await unfinished(plan, options), plan);
  await withSignals((signal) => runNotebooks(plan.map(experimentJob), { ...options, html, view, signal }));
  return wanted.folder;
}

/** Those that have something left to be done; all of them when they are to run again. */
export async function unfinished(
  plan: readonly LoadedExperiment[],
  { force = false, fresh = false }: Pick<RunNotebooksOptions, 'force' | 'fresh'> = {},
): Promise<LoadedExperiment[]> {
  if (force || fresh) return [...plan];
  const finished = await Promise.all(plan.map((loaded) => hasFinished(experimentJob(loaded))));
  return plan.filter((_, index) => !finished[index]);
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
