import { existsSync } from 'node:fs';
import path from 'node:path';
import { formatPlace, InvalidConfigurationError, invalid, type Place } from '../configuration/configuration-problem';
import { flattened } from '../configuration/flattened';
import { type Referrer, readWithParents } from '../configuration/inheritance';
import { overrideOf, parseOverrides } from '../configuration/override';
import { type KeyPath, mergeSourced, placeAt, type Sourced, sourcedAt, valueAt } from '../configuration/sourced';
import { withoutUnset } from '../configuration/unset-values';
import { validate } from '../configuration/validation';
import { classesAlike } from '../data/classes/own-classes';
import { expandHome, isPlaceForResults, shownPath } from '../files/project-path';
import { withClassesOfFile } from './class-file';
import { EXPERIMENT_FORMAT } from './experiment-format';
import { experimentName, isExperimentPath } from './experiment-path';
import { folderHash } from './identity';
import { IgnoredValues } from './obeyed-keys';
import type { Experiment } from './schema';

export interface LoadOptions {
  /** Overrides `a.b=value`, later ones winning. */
  set?: string[];
  /** Values from another file, laid over the experiment's own and under the overrides. */
  layers?: readonly Sourced[];
  /** What names the file, to be shown when it does not exist. */
  referrer?: Referrer;
  /** The project folder, which paths of experiments and results are relative to. */
  root?: string;
}

/** An experiment that another one needs. */
export interface Dependency {
  /** The YAML, relative to the project folder. */
  path: string;
  /** The overrides it is needed with, such as `seed=2`; `data.root` among them where it was handed on. */
  set: string[];
  /** Its run folder, relative to the project folder. */
  folder: string;
}

export interface LoadedExperiment {
  /** The YAML, relative to the project folder. */
  path: string;
  /** Complete: every default filled in, `name` set, references to experiments replaced by their run folders. */
  experiment: Experiment;
  /** The run folder, relative to the project folder, with slashes. */
  folder: string;
  /** The experiments this one needs, those that they need included, in the order in which they have to run. */
  dependencies: Dependency[];
  /** For each dotted key of a value: `file:line:column`, `--set` or `default`. */
  sources: Record<string, string>;
}

/**
 * Reads an experiment: what it extends, then the file, then the overrides, checked against the schema. An override that
 * would change nothing is refused.
 *
 * `model.encoder.weights` and `comparison.runs[].run` may name other experiments; those are loaded too and stand in the
 * result as their run folders, so that a changed encoder gives another folder to whatever is built on it; a run with
 * `seeds` becomes a list of folders. Loading the resolved experiment again gives the same folder.
 *
 * Of the values given from outside only `data.root` goes on to those experiments, as a place, and only to those of the
 * same `data.source`; that of a comparison is for all runs it compares, whose source must then be one.
 *
 * @throws ConfigurationError naming file, line, column and key of every problem
 */
export function loadExperiment(file: string, options: LoadOptions = {}): LoadedExperiment {
  const { root = process.cwd() } = options;
  return load(path.resolve(root, file), options, root, []);
}

/** A place of data that is handed on to what an experiment needs. */
interface HandedRoot {
  source: Experiment['data']['source'];
  value: Sourced;
}

function load(
  file: string,
  { set = [], layers = [], referrer, handed }: LoadOptions & { handed?: HandedRoot },
  root: string,
  dependents: string[],
): LoadedExperiment {
  const shown = shownPath(file, root);
  const overrides = parseOverrides(set, EXPERIMENT_FORMAT);
  const given = [...layers, ...overrides];
  let written = withoutUnset(
    withClassesOfFile(overlaid(readWithParents(file, root, EXPERIMENT_FORMAT, referrer), given), root),
    EXPERIMENT_FORMAT.schema,
  );
  const source = written.entries!.has('name') ? written : withName(written, experimentName(shown));
  const experiment = withHomeExpanded(validate(source, EXPERIMENT_FORMAT));
  const ignored = new IgnoredValues();
  ignored.add(overrides, experiment);
  ignored.requireNone();
  if (handed?.source === experiment.data.source) {
    written = overlaid(written, [valueAt(['data', 'root'], handed.value)]);
    experiment.data.root = expanded(handed.value.scalar as string | null);
  }

  const loadNeeded = (reference: string, key: KeyPath, options: LoadOptions & { handed?: HandedRoot }) => {
    const place = placeAt(source, key);
    const needed = path.resolve(root, reference);
    const chain = [...dependents, file];
    if (chain.includes(needed)) throw cyclicDependency([...chain, needed], root, place, key.join('.'));
    return load(needed, { ...options, referrer: { place, key: key.join('.') } }, root, chain);
  };
  const compared = (experiment.comparison?.runs ?? []).map((each, index) => ({
    each,
    key: ['comparison', 'runs', index, 'run'],
    references: [each.run].flat(),
  }));
  const sourceCompared = (place: Place): HandedRoot['source'] => {
    const experiments = compared.flatMap(({ key, references }) =>
      references.filter(isExperimentPath).map((reference) => loadNeeded(reference, key, {}).experiment),
    );
    const [first, ...others] = new Set(experiments.map(({ data }) => data.source));
    if (!first || others.length > 0) throw noOneSource([first, ...others], place);
    return first;
  };
  const rootGiven = given.flatMap((layer) => sourcedAt(layer, ['data', 'root']) ?? []).at(-1);
  const handedOn = rootGiven
    ? {
        value: rootGiven,
        source: experiment.comparison ? sourceCompared(rootGiven.place) : experiment.data.source,
      }
    : handed;

  const dependencies = new Map<string, Dependency>();
  const runFolderOf = (reference: string, key: KeyPath, set: string[] = []): string => {
    if (!isExperimentPath(reference)) return reference;
    const dependency = loadNeeded(reference, key, { set, handed: handedOn });
    const { path: shownDependency, folder } = dependency;
    const takesRoot = handedOn !== undefined && handedOn.source === dependency.experiment.data.source;
    const own = takesRoot ? [...set, overrideOf('data.root', handedOn.value.scalar, EXPERIMENT_FORMAT)] : set;
    for (const each of [...dependency.dependencies, { path: shownDependency, set: own, folder }]) {
      if (!dependencies.has(each.folder)) dependencies.set(each.folder, each);
    }
    return folder;
  };

  const { encoder } = experiment.model;
  if (encoder.weights !== null) encoder.weights = runFolderOf(encoder.weights, ['model', 'encoder', 'weights']);
  for (const { each, key, references } of compared) {
    const { seeds } = each;
    if (!seeds) {
      const folders = references.map((reference) => runFolderOf(reference, key));
      each.run = typeof each.run === 'string' ? folders[0] : folders;
      continue;
    }
    const made = references.find((reference) => !isExperimentPath(reference));
    if (made !== undefined) throw seedsOfARun(made, placeAt(source, key), key.join('.'));
    each.run = seeds.flatMap((seed) => references.map((reference) => runFolderOf(reference, key, [`seed=${seed}`])));
    delete each.seeds;
  }

  const folder = runFolder(experiment, root);
  // A run that is there from before this was refused is still evaluated and predicted with.
  if (!existsSync(path.resolve(root, folder, 'experiment.yaml'))) requireColors(experiment, source);
  if (!isPlaceForResults(folder, root)) throw noPlaceForResults(folder, placeAt(source, ['folder']));

  return {
    path: shown,
    experiment,
    folder,
    dependencies: [...dependencies.values()],
    sources: Object.fromEntries(Object.keys(flattened(experiment)).map((key) => [key, sourceOf(written, key)])),
  };
}

/** Lays other values over those of a file. Problems of the whole experiment belong to its file, not to the last layer. */
function overlaid(source: Sourced, layers: readonly Sourced[]): Sourced {
  return { ...layers.reduce(mergeSourced, source), place: source.place };
}

/** With `~` expanded in every setting that is a path. */
function withHomeExpanded(experiment: Experiment): Experiment {
  const { data, model, comparison } = experiment;
  experiment.folder = expanded(experiment.folder);
  data.root = expanded(data.root);
  model.encoder.weights = expanded(model.encoder.weights);
  for (const each of comparison?.runs ?? [])
    each.run = typeof each.run === 'string' ? expandHome(each.run) : each.run.map(expandHome);
  return experiment;
}

function expanded(written: string | null): string | null {
  return written === null ? null : expandHome(written);
}

function withName(source: Sourced, name: string): Sourced {
  const named: Sourced = { place: source.place, scalar: name };
  return { ...source, entries: new Map([['name', named], ...source.entries!]) };
}

/** `results/<name>-<hash>`, the hash of what decides on the training; so an evaluation changes no folder. */
function runFolder(experiment: Experiment, root: string): string {
  return shownPath(experiment.folder ?? `results/${experiment.name}-${folderHash(experiment)}`, root);
}

/** @param key dotted */
function sourceOf(written: Sourced, key: string): string {
  const place = sourcedAt(written, key.split('.'))?.place;
  if (!place) return 'default';
  return place.line === undefined ? '--set' : formatPlace(place);
}

/** @throws InvalidConfigurationError for classes of one colour */
function requireColors({ data: { classes } }: Experiment, source: Sourced): void {
  const alike = typeof classes === 'string' ? [] : classesAlike(classes);
  const problems = alike.map(({ index, other, color }) => ({
    place: placeAt(source, ['data', 'classes', index, 'color']),
    key: `data.classes.${index}.color`,
    message: `expected a color that no other class has: ${color} is ${other} already`,
  }));
  if (problems.length > 0) throw new InvalidConfigurationError(problems, 'Give each class a color of its own.');
}

function noOneSource(sources: (string | undefined)[], place: Place): InvalidConfigurationError {
  const message =
    sources[0] === undefined
      ? 'reaches nothing: the runs it compares are made, and keep their data'
      : `would reach runs of different data: ${sources.join(', ')}`;
  const remedy = 'Run the experiments it compares one by one, each with its --set data.root.';
  return invalid(place, 'data.root', message, remedy);
}

function seedsOfARun(folder: string, place: Place, key: string): InvalidConfigurationError {
  const message = `expected the YAML of an experiment, since seeds are given, found ${folder}`;
  return invalid(place, key, message, 'List runs that have been made under `run`, without seeds.');
}

function noPlaceForResults(folder: string, place: Place): InvalidConfigurationError {
  const message = `results cannot go to ${folder || 'the project folder'}: inside the project they go below results/`;
  return invalid(place, 'folder', message, 'Leave `folder` out, or name one below results/.');
}

function cyclicDependency(chain: string[], root: string, place: Place, key: string): InvalidConfigurationError {
  const cycle = chain.slice(chain.indexOf(chain[chain.length - 1])).map((file) => shownPath(file, root));
  const message = `experiments need each other: ${cycle.join(' → ')}`;
  return invalid(place, key, message, 'Let one of them start from something else.');
}
