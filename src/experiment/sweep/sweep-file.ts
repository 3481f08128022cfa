import path from 'node:path';
import { z } from 'zod';
import { InvalidConfigurationError } from '../../configuration/configuration-problem';
import { readText } from '../../configuration/inheritance';
import { seed } from '../../configuration/numbers';
import { withCurrentDottedKeys } from '../../configuration/renamed-keys';
import { schemaAt } from '../../configuration/schema-keys';
import { type Sourced, sourcedAt } from '../../configuration/sourced';
import { suggestion, validate } from '../../configuration/validation';
import { parseYaml } from '../../configuration/yaml-source';
import { shownPath } from '../../files/project-path';
import { EXPERIMENT_FORMAT } from '../experiment-format';

/** A key of the experiment, dotted, and its value. */
const assignments = z.record(z.string(), z.unknown());
/** A key of the experiment and the values that it takes. */
const axes = z.record(z.string(), z.array(z.unknown()).min(1)).default({});
const experimentPath = z.string().regex(/\.ya?ml$/, "the path of an experiment's YAML");

/** What a sweep's YAML may say. Keys of an experiment are dotted, as in `training.learningRate`. */
const sweepSchema = z.strictObject({
  description: z.string().default(''),
  /** The experiment that is varied, or several; relative to the project folder. */
  experiment: z.union([experimentPath, z.array(experimentPath).min(1)]),
  /** Values that all runs share. */
  set: assignments.default({}),
  /** The grid: every combination of these values. */
  matrix: axes,
  /** Lists of one length, taken together: the first values, then the second, and so on. Each goes with all of the grid. */
  zip: axes,
  /** Runs beyond the grid, or instead of one, each with the values it names. */
  include: z.array(assignments).default([]),
  /** Takes out of the grid what has all the values of an entry; `experiment` and `seed` may be among them. */
  exclude: z.array(assignments).default([]),
  /** Every run with each of these seeds; a number n stands for 1 to n. */
  seeds: z
    .union([z.number().int().positive(), z.array(seed).min(1)])
    .nullable()
    .default(null),
});

export interface SweepFile {
  /** The YAML, relative to the project folder. */
  path: string;
  /** The file's name without its ending. */
  name: string;
  sweep: z.infer<typeof sweepSchema>;
  source: Sourced;
}

const remedy = 'Correct it; what a sweep may say is defined in src/experiment/sweep/sweep-file.ts.';

/** @throws InvalidConfigurationError naming line and column of what is wrong */
export function readSweepFile(file: string, root = process.cwd()): SweepFile {
  const shown = shownPath(file, root);
  const source = withCurrentAssignments(parseYaml(readText(path.resolve(root, file), shown, root), shown));
  const sweep = validate(source, { schema: sweepSchema, remedy });
  requireKnownKeys(source);
  requireOneLength(source, sweep.zip);
  return { path: shown, name: path.basename(file).replace(/\.ya?ml$/, ''), sweep, source };
}

/** Whether a YAML file below experiments/ describes a sweep, by where it lies. */
export function isSweepPath(file: string): boolean {
  return path.normalize(file).split(path.sep).includes('sweeps');
}

/** Keys of an experiment that have moved since the sweep was written. */
function withCurrentAssignments(source: Sourced): Sourced {
  const entries = new Map(source.entries);
  for (const [name, node] of entries) {
    if (['set', 'matrix', 'zip'].includes(name)) entries.set(name, withCurrentDottedKeys(node, EXPERIMENT_FORMAT));
    if (['include', 'exclude'].includes(name))
      entries.set(name, { ...node, items: node.items?.map((item) => withCurrentDottedKeys(item, EXPERIMENT_FORMAT)) });
  }
  return source.entries ? { ...source, entries } : source;
}

/** Every key that is given a value is one of an experiment. */
function requireKnownKeys(source: Sourced): void {
  const groups = ['set', 'matrix', 'zip'].map((name) => ({ name, node: source.entries!.get(name), extra: null }));
  const entries = ['include', 'exclude'].flatMap((name) =>
    (source.entries!.get(name)?.items ?? []).map((node) => ({ name, node, extra: 'experiment' })),
  );
  const { schema } = EXPERIMENT_FORMAT;
  const problems = [...groups, ...entries].flatMap(({ name, node, extra }) =>
    [...(node?.entries ?? [])].flatMap(([key, { place }]) => {
      const keys = key.split('.');
      const depth = keys.findIndex((_, index) => !schemaAt(keys.slice(0, index + 1), schema));
      if (key === extra || depth < 0) return [];
      const message = `no key of an experiment${suggestion(keys[depth], keys.slice(0, depth), schema)}`;
      return [{ place, key: `${name}.${key}`, message }];
    }),
  );
  if (problems.length > 0) throw new InvalidConfigurationError(problems, remedy);
}

function requireOneLength(source: Sourced, zip: Record<string, unknown[]>): void {
  const [first, ...others] = Object.entries(zip);
  const problems = others
    .filter(([, values]) => values.length !== first[1].length)
    .map(([key, values]) => ({
      place: sourcedAt(source, ['zip', key])!.place,
      key: `zip.${key}`,
      message: `expected ${first[1].length} values, as many as ${first[0]} has, found ${values.length}`,
    }));
  if (problems.length > 0) throw new InvalidConfigurationError(problems, remedy);
}
