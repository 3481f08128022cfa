import { canonicalJson } from '../../configuration/canonical-json';
import { type ConfigurationProblem, InvalidConfigurationError } from '../../configuration/configuration-problem';
import { parseOverrides } from '../../configuration/override';
import { shortKeys, valueText } from '../../configuration/setting-words';
import { placeAt, plainValue, valueAt } from '../../configuration/sourced';
import { EXPERIMENT_FORMAT } from '../experiment-format';
import { folderHash } from '../identity';
import { type LoadedExperiment, type LoadOptions, loadExperiment } from '../load';
import { IgnoredValues } from '../obeyed-keys';
import { type Combination, combinations } from './combinations';
import { readSweepFile } from './sweep-file';

/** A run of a sweep, or one that its runs build on. */
export interface PlannedRun {
  /** What sets it apart from the others, such as `learningRate=0.003 seed=2`. */
  label: string;
  /** The values that the sweep gives it, by dotted key. */
  values: Record<string, unknown>;
  loaded: LoadedExperiment;
  /** Run folders that have to be finished first. */
  needs: string[];
  /** False for what is there only because others need it. */
  wanted: boolean;
}

export interface SweepPlan {
  name: string;
  description: string;
  path: string;
  /** What is needed comes before what needs it. */
  runs: PlannedRun[];
}

/**
 * Expands a sweep into its runs, each a complete experiment. Combinations that come to the same experiment are one run.
 *
 * @param options overrides for all runs; `data.root` goes on to what they build on, too, as {@link loadExperiment} says
 * @throws InvalidConfigurationError with the problems of all runs, each once; among them values that reach none of the runs
 */
export function planSweep(file: string, { root = process.cwd(), set = [] }: LoadOptions = {}): SweepPlan {
  const sweepFile = readSweepFile(file, root);
  const all = combinations(sweepFile);
  const labels = labelsOf(all);
  const overrides = parseOverrides(set, EXPERIMENT_FORMAT);
  const ignored = new IgnoredValues();
  const wanted = new Map<string, PlannedRun>();
  const needed = new Map<string, PlannedRun>();
  const problems: ConfigurationProblem[] = [];
  const collisions: ConfigurationProblem[] = [];

  const referrer = { place: placeAt(sweepFile.source, ['experiment']), key: 'experiment' };
  all.forEach(({ experiment, values }, index) => {
    try {
      const layers = [...[...values].map(([key, value]) => valueAt(key.split('.'), value)), ...overrides];
      const loaded = loadExperiment(experiment, { root, layers, referrer });
      ignored.add(layers, loaded.experiment);
      const needs = loaded.dependencies.map(({ path, set: own }) => {
        const built = loadExperiment(path, { root, set: own });
        needed.set(built.folder, {
          label: built.experiment.name,
          values: {},
          loaded: built,
          needs: built.dependencies.map(({ folder }) => folder),
          wanted: false,
        });
        return built.folder;
      });
      const plain = Object.fromEntries([...values].map(([key, value]) => [key, plainValue(value)]));
      const run = { label: labels[index], values: plain, loaded, needs, wanted: true };
      collisions.push(...collisionOf(wanted.get(loaded.folder), run));
      if (!wanted.has(loaded.folder)) wanted.set(loaded.folder, run);
    } catch (error) {
      if (!(error instanceof InvalidConfigurationError)) throw error;
      problems.push(...error.problems);
    }
  });
  if (problems.length > 0) throw new InvalidConfigurationError(unique(problems), EXPERIMENT_FORMAT.remedy);
  ignored.requireNone();
  if (collisions.length > 0) throw new InvalidConfigurationError(unique(collisions), ONE_FOLDER_EACH);

  const { name, sweep, path } = sweepFile;
  const before = [...needed.values()].filter(({ loaded }) => !wanted.has(loaded.folder));
  return { name, description: sweep.description, path, runs: ordered([...before, ...wanted.values()]) };
}

const ONE_FOLDER_EACH =
  'Sweep what is trained, without `folder`; a training is evaluated in several ways by `run` with --set, one after the other.';

/** Two experiments in one folder would write over each other's results. */
function collisionOf(earlier: PlannedRun | undefined, run: PlannedRun): ConfigurationProblem[] {
  if (!earlier || canonicalJson(earlier.loaded.experiment) === canonicalJson(run.loaded.experiment)) return [];
  const { folder, path, experiment } = run.loaded;
  const isOneTraining = folderHash(experiment) === folderHash(earlier.loaded.experiment);
  const why = isOneTraining ? ', since they train the same' : '';
  const message = `${earlier.label} and ${run.label} would both write to ${folder}${why}`;
  return [{ place: { file: path }, key: 'folder', message }];
}

/** Values that differ between runs. */
function labelsOf(all: readonly Combination[]): string[] {
  const texts = all.map(
    ({ values }) => new Map([...values].map(([key, value]) => [key, valueText(plainValue(value))])),
  );
  const keys = [...new Set(texts.flatMap((text) => [...text.keys()]))];
  const varying = keys.filter((key) => new Set(texts.map((text) => text.get(key))).size > 1);
  const short = shortKeys(keys);
  const several = new Set(all.map(({ experiment }) => experiment)).size > 1;
  return all.map(({ experiment }, index) => {
    const parts = varying.filter((key) => texts[index].has(key)).map((key) => `${short(key)}=${texts[index].get(key)}`);
    const name = experiment.replace(/^experiments\//, '').replace(/\.ya?ml$/, '');
    return [...(several || parts.length === 0 ? [name] : []), ...parts].join(' ');
  });
}

function unique(problems: ConfigurationProblem[]): ConfigurationProblem[] {
  return [...new Map(problems.map((problem) => [canonicalJson(problem), problem])).values()];
}

function ordered(runs: readonly PlannedRun[]): PlannedRun[] {
  const byFolder = new Map(runs.map((run) => [run.loaded.folder, run]));
  const result = new Set<PlannedRun>();
  const visit = (run: PlannedRun): void => {
    if (result.has(run)) return;
    for (const folder of run.needs) if (byFolder.has(folder)) visit(byFolder.get(folder)!);
    result.add(run);
  };
  runs.forEach(visit);
  return [...result];
}
