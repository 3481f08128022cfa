import { canonicalJson, isObject, shortHash } from '../configuration/canonical-json';
import { schemaAt } from '../configuration/schema-keys';
import type { TrainingIdentity } from '../training/training-identity';
import { type Experiment, experimentSchema } from './schema';

/**
 * Version of what is hashed below. A setting that is added with a default needs no other one: what equals its default has
 * no part in a hash, so runs made before keep their folders. Whoever changes a default, or what a setting means, raises it.
 */
const IDENTITY_VERSION = 1;

/**
 * The identity of an experiment's training.
 *
 * @param found fingerprint of the scenes and SHA-256 of the weights, as they are now
 * @param options what the schedule says
 * @param options.dependsOnEpochs whether an epoch depends on how many there will be; else a training of more epochs is the
 * same, further on
 */
export function trainingIdentity(
  experiment: Experiment,
  found: Pick<TrainingIdentity, 'data' | 'weights'>,
  { dependsOnEpochs }: { dependsOnEpochs: boolean },
): TrainingIdentity {
  const { model, training, ...rest } = decidingSettings(experiment);
  const { epochs: _epochs, ...schedule } = training;
  // The content of the weights counts, not where they lie.
  const { weights: _weights, ...encoder } = model.encoder;
  const settings = { ...rest, model: { ...model, encoder }, training: dependsOnEpochs ? training : schedule };
  return { version: IDENTITY_VERSION, settings: withoutDefaults(settings), ...found };
}

/**
 * Names a run's folder: a hash of the settings that decide what is trained, or, of a comparison, what it compares. What
 * says how a model is evaluated, where the data lies, and what is only told has no part in it.
 */
export function folderHash(experiment: Experiment): string {
  const { comparison } = experiment;
  const hashed = comparison ? { comparison } : withoutDefaults(decidingSettings(experiment));
  return shortHash({ version: IDENTITY_VERSION, ...hashed });
}

/** Version of what {@link evaluationHash} hashes. */
const EVALUATION_VERSION = 1;

/** Tells the evaluations of a run apart: a hash of what else than split and resolution decides which pixels are counted. */
export function evaluationHash({ data, evaluation }: Experiment): string {
  const { split, resolution, panels: _panels, window, ...rest } = evaluation;
  const settings = withoutDefaults({
    evaluation: { ...rest, ...(resolution === 'original' && { window }) },
    data: { limit: { [split]: data.limit[split] }, synthetic: { scenes: { [split]: data.synthetic.scenes[split] } } },
  });
  return shortHash({ version: EVALUATION_VERSION, ...settings });
}

/** All settings but those that are known not to change a training. */
export function decidingSettings(experiment: Experiment) {
  const {
    name: _name,
    description: _description,
    folder: _folder,
    notebooks: _notebooks,
    evaluation: _evaluation,
    comparison: _comparison,
    data: { root: _root, limit, synthetic, ...data },
    execution: { recompute: _recompute, ...execution },
    ...deciding
  } = experiment;
  const { test: _limit, ...limits } = limit;
  const { test: _scenes, ...scenes } = synthetic.scenes;
  return { ...deciding, execution, data: { ...data, limit: limits, synthetic: { ...synthetic, scenes } } };
}

/** The values of an experiment, or of a part of it with its keys, that are not what they are when nothing is said. */
export function withoutDefaults(settings: object): Record<string, unknown> {
  return strip(settings, experimentSchema.parse({ name: 'defaults', notebooks: ['none.ipynb'] })) ?? {};
}

function strip(value: object, defaults: unknown, path: readonly string[] = []): Record<string, unknown> | undefined {
  const entries = Object.entries(value).flatMap(([key, each]: [string, unknown]): [string, unknown][] => {
    const normal = (defaults as Record<string, unknown> | undefined | null)?.[key];
    if (each === undefined || canonicalJson(each) === canonicalJson(normal)) return [];
    if (Array.isArray(each))
      return [[key, each.map((item) => stripNamed(item, undefined, [...path, key, '0']) ?? item)]];
    if (!isObject(each)) return [[key, each]];
    const inner = stripNamed(each, normal, [...path, key]) ?? strip(each, normal, [...path, key]);
    return inner ? [[key, inner]] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Of something that is asked for by another name than it has by default: the name, and what is not as usual for that name. */
function stripNamed(value: unknown, defaults: unknown, path: readonly string[]): Record<string, unknown> | undefined {
  if (!isObject(value) || !('name' in value) || value.name === (defaults as { name?: unknown } | undefined)?.name)
    return undefined;
  const { name, ...options } = value;
  const normal = schemaAt(path, experimentSchema)?.safeParse({ name }).data;
  return normal ? { name, ...strip(options, normal, path) } : undefined;
}
