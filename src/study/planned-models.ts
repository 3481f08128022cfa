import { grouped } from '../configuration/canonical-json';
import { shortKeys, valueText } from '../configuration/setting-words';
import { limited, type SceneLimit } from '../data/dataset';
import { RunError } from '../errors';
import { decidingSettings } from '../experiment/identity';
import { type LoadedExperiment, loadExperiment } from '../experiment/load';
import { dependencyRun, loadedRun, type Run } from '../experiment/run-folder';
import type { PlannedRun, SweepPlan } from '../experiment/sweep/plan';

/** A model that an experiment compares or a sweep trains, with its runs, one per seed, whether they have been made or not. */
export interface PlannedModel {
  /** What it is called; models that differ in nothing but `at` are called the same. */
  line: string;
  /** The number that a sweep varies, such as the side of the pictures; undefined where models are only set side by side. */
  at?: number;
  runs: readonly Run[];
}

/** What a sweep varies along a line of models. */
export interface Axis {
  /** Dotted, such as `data.size`. */
  key: string;
  /** Where the key limits a split: how many scenes there are without it. */
  of?: number;
}

/** The models of a comparison, in its order; of any other experiment its own. */
export function modelsOfExperiment(loaded: LoadedExperiment, root = process.cwd()): PlannedModel[] {
  const { experiment, dependencies } = loaded;
  if (!experiment.comparison) return [{ line: experiment.name, runs: [loadedRun(loaded, root)] }];
  const makers = new Map(dependencies.map((each) => [each.folder, each]));
  const runOf = (folder: string) => {
    const maker = makers.get(folder);
    if (!maker) return dependencyRun(folder, { root });
    return loadedRun(loadExperiment(maker.path, { set: maker.set, root }), root);
  };
  return experiment.comparison.runs.map(({ label, run }) => ({ line: label, runs: [run].flat().map(runOf) }));
}

/**
 * The models of a sweep: runs that differ in their seed alone are one.
 *
 * @param along the number that tells the models of a line apart
 * @throws RunError when one of the runs has no such number
 */
export function modelsOfSweep({ path, runs }: SweepPlan, along: Axis | null, root = process.cwd()): PlannedModel[] {
  const wanted = runs.filter((each) => each.wanted);
  const places = wanted.map(({ loaded }) => (along ? numberAt(loaded, along, path) : undefined));
  const models = grouped(wanted, ({ loaded }) => ({ ...decidingSettings(loaded.experiment), seed: null }));
  const valuesOf = ({ loaded, values }: PlannedRun): Record<string, unknown> => {
    const { seed: _seed, ...rest } = values;
    return { name: loaded.experiment.name, ...rest, ...(along && { [along.key]: null }) };
  };
  // What tells lines apart differs between models at one place; what goes with the place, such as the batch size, does not.
  const telling = grouped(models, ([first]) => places[wanted.indexOf(first)] ?? null).flatMap((atOnce) => {
    const all = atOnce.map(([first]) => valuesOf(first));
    return Object.keys(Object.assign({}, ...all)).filter(
      (key) => grouped(all, (values) => values[key] ?? null).length > 1,
    );
  });
  const short = shortKeys(telling);
  return models.map((runsOfModel) => {
    const [first] = runsOfModel;
    const values = Object.entries(valuesOf(first)).filter(([key]) => telling.includes(key));
    const line = values.map(([key, value]) => (key === 'name' ? value : `${short(key)}=${valueText(value)}`)).join(' ');
    return {
      line: line || first.loaded.experiment.name,
      at: places[wanted.indexOf(first)],
      runs: runsOfModel.map(({ loaded }) => loadedRun(loaded, root)),
    };
  });
}

function numberAt({ experiment }: LoadedExperiment, { key, of }: Axis, sweep: string): number {
  const value: unknown = key
    .split('.')
    .reduce((inner, part) => (inner as Record<string, never>)?.[part], experiment as unknown);
  if (of !== undefined)
    return limited(Array.from({ length: of }), (value ?? undefined) as SceneLimit | undefined).length;
  if (typeof value === 'number') return value;
  throw new RunError(
    `${sweep}: expected a number as ${key} in each of its runs, found ${JSON.stringify(value)}`,
    'name a key whose values the sweep gives',
  );
}
