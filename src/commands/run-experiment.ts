import { shortHash } from '../configuration/canonical-json';
import { type LoadedExperiment, loadExperiment } from '../experiment/load';
import { fromTheBeginning, loadedRun, openLoadedRun, withRecordedRoot } from '../experiment/run-folder';
import type { Experiment } from '../experiment/schema';
import { consoleView } from '../runner/console/console-view';
import { RunnerError } from '../runner/errors';
import {
  hasFinished,
  type NotebookJob,
  type RunNotebooksOptions,
  runNotebooks,
} from '../runner/notebooks/notebook-jobs';
import { withSignals } from '../runner/signals';
import { sharedThreads } from '../tensorflow/environment';

export interface RunExperimentOptions
  extends Pick<RunNotebooksOptions, 'force' | 'fresh' | 'html' | 'timeoutSeconds' | 'view'> {
  /** Overrides `a.b=value`. */
  set?: string[];
  check?: PlanCheck;
  /** So many experiments side by side, by default one; they share the threads of the machine. */
  jobs?: number;
}

/**
 * Looks at runs before any of them starts, and before anything is written; throws what stands in the way.
 *
 * @param due those that have not finished, and so are going to run
 * @param plan all of them
 */
export type PlanCheck = (due: readonly LoadedExperiment[], plan: readonly LoadedExperiment[]) => Promise<void>;

/**
 * Runs an experiment's notebooks, after those of every experiment it builds on. Notebooks that went through with the same
 * settings, as far as they read them, are left as they are; what was interrupted goes on.
 *
 * @returns the run folder
 * @throws ConfigurationError for a wrong experiment, RunnerError for what goes wrong in a notebook
 */
export async function runExperiment(
  file: string,
  { set = [], html = true, view = consoleView(), check, jobs = 1, ...options }: RunExperimentOptions = {},
): Promise<string> {
  const wanted = loadExperiment(file, { set });
  const needed = wanted.dependencies.map((each) => loadExperiment(each.path, { set: each.set }));
  const plan = [...needed, wanted];
  await check?.(await unfinished(plan, options), plan);
  // By the plan and not by what is left of it: what is interrupted goes on with as many threads.
  const atOnce = Math.min(jobs, plan.length);
  const environment = sharedThreads(atOnce);
  await withSignals((signal) =>
    runNotebooks(plan.map(experimentJob), { ...options, html, view, atOnce, environment, signal }),
  );
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
  const { folder } = loaded;
  // Looked up now: with --fresh what is recorded in the folder is gone when the notebooks run.
  const experiment = withRecordedRoot(loaded.experiment, folder);
  return {
    name: experiment.name,
    folder,
    notebooks: experiment.notebooks,
    needs: loaded.dependencies.map((each) => each.folder),
    parameters: { experiment: `${folder}/experiment.yaml` },
    version: (sections) => shortHash(sectionsOf(experiment, sections)),
    prepare: ({ fresh }) => {
      const run = openLoadedRun({ ...loaded, experiment });
      if (fresh) fromTheBeginning(run);
    },
    isIntact: async () => {
      const { isIntact } = await import('../study/intact');
      return isIntact(loadedRun({ ...loaded, experiment }));
    },
  };
}

/** What a notebook depends on: the sections that it says it reads, or all that is not only told. */
function sectionsOf(experiment: Experiment, sections?: readonly string[]): Partial<Experiment> {
  const { description: _description, notebooks: _notebooks, ...all } = experiment;
  if (!sections) return all;
  const unknown = sections.find((section) => !(section in experiment));
  if (unknown === undefined)
    return Object.fromEntries(Object.entries(experiment).filter(([section]) => sections.includes(section)));
  throw new RunnerError(
    `a notebook's metadata says that it reads the section "${unknown}", which experiments do not have`,
    `Correct roadseg.reads in its metadata; the sections are ${Object.keys(experiment).join(', ')}.`,
  );
}
