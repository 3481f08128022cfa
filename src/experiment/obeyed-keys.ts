import {
  type ConfigurationProblem,
  formatPlace,
  InvalidConfigurationError,
} from '../configuration/configuration-problem';
import type { Sourced } from '../configuration/sourced';
import { classSet } from '../data/classes';
import { ownOptions } from '../data/sources';
import { weightsClasses } from '../training/losses';
import type { Experiment } from './schema';

/** A condition under which an experiment does not obey some of its keys. */
interface Rule {
  /** Dotted; what stands below them is meant, too. */
  keys: readonly string[];
  ignored: (experiment: Experiment) => boolean;
  /** Why, and what would make it count. */
  why: string;
}

/** All that a comparison obeys itself; the rest belongs to the experiments it compares, which are handed `data.root`. */
const OF_A_COMPARISON = [
  'name',
  'description',
  'folder',
  'notebooks',
  'comparison',
  'evaluation.panels',
  'data.root',
] as const;

/** Of several that apply the first is told. */
const RULES: readonly Rule[] = [
  {
    keys: ['evaluation', 'data.limit.test'],
    ignored: ({ task }) => task === 'classification',
    why: 'a classifier is not evaluated on scenes (task: classification)',
  },
  {
    keys: ['data.classes'],
    ignored: ({ task }) => task === 'classification',
    why: 'crops are told by their labels (task: classification)',
  },
  {
    keys: ['data.crops'],
    ignored: ({ task }) => task !== 'classification',
    why: 'crops are for task: classification',
  },
  {
    keys: ['data.synthetic.seed', 'data.synthetic.scenes'],
    ignored: ({ data }) => data.source !== 'synthetic',
    why: 'it is for data.source: synthetic',
  },
  ...Object.keys(ownOptions()).map((source) => ({
    keys: [`data.${source}`],
    // Crops are cut from scenes of the generator's size, whatever the source.
    ignored: ({ data, task }: Experiment) =>
      data.source !== source && !(source === 'synthetic' && task === 'classification'),
    why: `it is for data.source: ${source}`,
  })),
  {
    keys: ['data.folder.lists'],
    ignored: ({ data }) => data.folder.splits !== 'lists',
    why: 'it is for data.folder.splits: lists',
  },
  {
    keys: ['data.folder.fractions', 'data.folder.sequence'],
    ignored: ({ data }) => data.folder.splits !== 'fractions',
    why: 'it is for data.folder.splits: fractions',
  },
  {
    keys: [
      'model.encoder.blocks',
      'model.encoder.batchNorm',
      'model.encoder.skipBatchNorm',
      'model.encoder.freeze',
      'model.encoder.freezeBatchNorm',
      'training.encoderLearningRateFactor',
    ],
    ignored: ({ model }) => model.encoder.weights === null,
    why: 'the encoder takes no weights (model.encoder.weights)',
  },
  {
    keys: ['model.encoder.batchNorm'],
    ignored: ({ model }) => !model.batchNorm,
    why: 'the model has no batch normalisation (model.batchNorm: false)',
  },
  {
    keys: ['model.decoder', 'model.encoder.skipBatchNorm'],
    ignored: ({ task }) => task === 'classification',
    why: 'a classifier has no decoder (task: classification)',
  },
  {
    keys: ['model.encoder.skipBatchNorm'],
    ignored: ({ model }) => !model.batchNorm || model.encoder.batchNorm,
    why: 'no group is bare (model.encoder.batchNorm: false makes those with weights bare, where model.batchNorm is true)',
  },
  {
    keys: ['model.encoder.freezeBatchNorm'],
    ignored: ({ model }) => model.encoder.freeze.length === 0,
    why: 'nothing is frozen (model.encoder.freeze)',
  },
  {
    keys: ['training.ignoreVoid'],
    ignored: ({ task, data }) =>
      task !== 'classification' && !classSet(data.classes).classes.some(({ name }) => name === 'void'),
    why: 'no class is called void (of a list in data.classes, `ignore: true` leaves pixels out)',
  },
  {
    keys: ['training.learningRateDecay'],
    ignored: ({ training }) => training.schedule.name !== 'exponential',
    why: 'it is for training.schedule.name: exponential',
  },
  {
    keys: ['execution.autotune', 'execution.precision', 'execution.recompute'],
    ignored: ({ execution }) => !execution.compile,
    why: 'forms, number formats and what is kept are chosen in compiled graphs alone (execution.compile)',
  },
  {
    keys: ['evaluation.priorCorrection'],
    ignored: ({ training }) => !weightsClasses(training),
    why: 'the loss weights no classes (training.loss)',
  },
  {
    keys: ['evaluation.window'],
    ignored: ({ evaluation }) => evaluation.resolution === 'training',
    why: 'windows are for evaluation.resolution: original',
  },
  {
    keys: ['evaluation.window.share'],
    ignored: ({ evaluation }) => evaluation.window.side !== null,
    why: 'the side of windows is given in pixels (evaluation.window.side)',
  },
  {
    keys: ['evaluation.window.overlap'],
    ignored: ({ evaluation }) => evaluation.window.whole,
    why: 'the whole picture is seen at once (evaluation.window.whole: true)',
  },
];

/** Why an experiment gives nothing on one of its keys; undefined where its outcome depends on it. */
function whyIgnored(key: string, experiment: Experiment): string | undefined {
  if (experiment.comparison !== null)
    return isAmong(key, OF_A_COMPARISON)
      ? undefined
      : `a comparison trains nothing, and obeys only ${OF_A_COMPARISON.join(', ')}`;
  return RULES.find(({ keys, ignored }) => isAmong(key, keys) && ignored(experiment))?.why;
}

/** What to do about a value that reaches nothing. */
function remedyFor(experiment: Experiment): string {
  return experiment.comparison === null
    ? 'Leave it out, or set what it depends on too.'
    : 'Compare experiments that extend these and say so, or sweep what it compares (bun run roadseg sweep).';
}

/**
 * Values that experiments are given on purpose, and which of them reach nothing. One that is given to several, as by a
 * sweep, has to reach one of them.
 */
export class IgnoredValues {
  private readonly obeyed = new Set<string>();
  private readonly ignored = new Map<string, { problem: ConfigurationProblem; remedy: string }>();

  add(layers: readonly Sourced[], experiment: Experiment): void {
    for (const { key, place } of layers.flatMap((layer) => leaves(layer))) {
      const why = whyIgnored(key, experiment);
      const id = `${formatPlace(place)} ${key}`;
      if (why === undefined) this.obeyed.add(id);
      else
        this.ignored.set(id, {
          problem: { place, key, message: `reaches nothing: ${why}` },
          remedy: remedyFor(experiment),
        });
    }
  }

  /** @throws InvalidConfigurationError naming all that reach nothing */
  requireNone(): void {
    const found = [...this.ignored].filter(([id]) => !this.obeyed.has(id)).map(([, each]) => each);
    if (found.length > 0)
      throw new InvalidConfigurationError(
        found.map(({ problem }) => problem),
        found[0].remedy,
      );
  }
}

function isAmong(key: string, keys: readonly string[]): boolean {
  return keys.some((each) => key === each || key.startsWith(`${each}.`));
}

function leaves(node: Sourced, key: string[] = []): { key: string; place: Sourced['place'] }[] {
  if (!node.entries || (node.entries.size === 0 && key.length > 0)) return [{ key: key.join('.'), place: node.place }];
  return [...node.entries].flatMap(([name, value]) => leaves(value, [...key, name]));
}
