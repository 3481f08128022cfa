import { z } from 'zod';
import { positiveInteger, seed } from '../configuration/numbers';
import { dataOptions } from '../data/data-options';
import { staysInProject } from '../files/project-path';
import { SPLIT_NAMES } from '../splits';
import { executionSchema } from '../tensorflow/execution';
import { trainingOptionsSchema } from '../training/training-options';

/**
 * What an experiment's YAML may say. Defaults are the published regime (Cityscapes, 256x256, batch 32, 20 epochs,
 * Adam 0.001 x 0.95 an epoch), so that a file states only what differs. Every object is strict: an unknown key is an
 * error.
 */

const blockNumber = z.number().int().min(1).max(5);

/** Epochs counted from 1, first and last. */
const epochRange = z
  .tuple([positiveInteger, positiveInteger])
  .refine(([first, last]) => first <= last, 'the first epoch and the last one, as in [1, 3]');

const encoderSettings = z.strictObject({
  /**
   * Where the encoder's layers come from; null for random. Either `vgg19-imagenet` (Keras's, fetched once into the user's
   * cache), or a path: an experiment's YAML, a run folder, a checkpoint, a TensorFlow.js model or weights manifest, HDF5 as
   * Keras saves it, torchvision's VGG19 or VGG19-BN as safetensors. The model then uses the preprocessing they came with.
   */
  weights: z.string().min(1).nullable().default(null),
  /** The VGG19 groups taken from `weights`; the others start at random. */
  blocks: z.array(blockNumber).min(1).default([1, 2, 3, 4, 5]),
  /** Batch normalisation behind the groups taken from `weights`, where `model.batchNorm` is on; false hands them over bare. */
  batchNorm: z.boolean().default(true),
  /**
   * Where such groups are bare: batch normalisation of what they hand over to the expansion blocks, whose other half is
   * normalised. Activations of ImageNet's layers run into the hundreds.
   */
  skipBatchNorm: z.boolean().default(false),
  /** Groups whose weights stay as they are: throughout (`[1, 2]`), or for some epochs (`[{ blocks: [1, 2], epochs: [1, 3] }]`). */
  freeze: z
    .array(z.union([blockNumber, z.strictObject({ blocks: z.array(blockNumber).min(1), epochs: epochRange })]))
    .default([]),
  /** Whether a frozen group's batch normalisation is frozen too; false lets it follow the batches' statistics. */
  freezeBatchNorm: z.boolean().default(true),
});

/** Only what was taken over can be kept as it is: a frozen random layer would stay random. */
const encoder = encoderSettings.superRefine(({ weights, blocks, freeze }, context) => {
  const expected =
    weights === null
      ? 'none, since there are no model.encoder.weights and random layers would stay random'
      : `a group that is taken over (model.encoder.blocks: ${blocks.join(', ')})`;
  const frozen = freeze.flatMap((entry, index) =>
    typeof entry === 'number'
      ? [{ block: entry, path: ['freeze', index] }]
      : entry.blocks.map((block, place) => ({ block, path: ['freeze', index, 'blocks', place] })),
  );
  for (const { block, path } of frozen)
    if (weights === null || !blocks.includes(block)) context.addIssue({ code: 'custom', path, message: expected });
});

const model = z.strictObject({
  /** Multiplies every channel count; 1 is VGG19's own width, which ImageNet weights need. */
  width: z.number().positive().max(4).default(1),
  batchNorm: z.boolean().default(true),
  encoder: encoder.prefault({}),
});

/** How the whole picture is seen at `resolution: original` by a model that was trained on squares. */
const slidingWindow = z.strictObject({
  /** Side of the square window in pixels of the picture; null for its shorter side, the square that training saw. */
  side: positiveInteger.nullable().default(null),
  /** Share of the side that neighbours have in common at least; their probabilities are averaged there. */
  overlap: z.number().min(0).max(0.9).default(0.5),
});

const evaluation = z.strictObject({
  split: z.enum(SPLIT_NAMES).default('validation'),
  /** What is judged: the centre square at `data.size`, as in training; or the whole picture, predictions up-sampled to its own size. */
  resolution: z.enum(['training', 'original']).default('training'),
  window: slidingWindow.prefault({}),
  /** Scenes shown as panels: how many of the most telling ones, or their names. */
  panels: z.union([z.number().int().nonnegative(), z.array(z.string())]).default(4),
});

/** A model of a comparison: a run, or several that differ in their seed alone and are averaged. */
const comparedModel = z.strictObject({
  label: z.string().min(1),
  /** The YAML of an experiment, or the folder of a run; or a list of them. */
  run: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** The experiment is run once with each of these seeds; its own when absent. A resolved experiment lists the runs instead. */
  seeds: z.array(seed).min(1).optional(),
});

/** Models set side by side by the comparison notebook, in this order. */
const comparison = z.strictObject({
  title: z.string().min(1),
  runs: z.array(comparedModel).min(1),
});

const experimentSettings = z.strictObject({
  /** Names the run folder; by default the file's path below `experiments/`, joined by dashes. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
  description: z.string().default(''),
  /** Folder of the results; by default `results/<name>-<hash of what decides on the training>`. */
  folder: z.string().min(1).nullable().default(null),
  task: z.enum(['segmentation', 'classification']).default('segmentation'),
  seed: seed.default(1),
  /** Notebooks the runner executes, in this order. */
  notebooks: z.array(z.string().endsWith('.ipynb').refine(staysInProject, 'a path inside the project')).min(1),
  data: dataOptions.prefault({}),
  model: model.prefault({}),
  training: trainingOptionsSchema.prefault({}),
  execution: executionSchema.prefault({}),
  evaluation: evaluation.prefault({}),
  comparison: comparison.nullable().default(null),
});

export const experimentSchema = experimentSettings.superRefine(
  ({ task, data, model, training, execution }, context) => {
    if (!execution.compile && execution.precision === 'bfloat16')
      context.addIssue({
        code: 'custom',
        path: ['execution', 'precision'],
        message: 'float32, since execution.compile is false and only compiled graphs compute in bfloat16',
      });
    // Five times halved, 32 pixels are a single one. That an epoch's last batch is of one is found where samples are counted.
    const single = data.size === 32 && training.batchSize === 1 && model.batchNorm && task === 'segmentation';
    if (single)
      context.addIssue({
        code: 'custom',
        path: ['training', 'batchSize'],
        message:
          'a number of at least 2 at data.size 32, where batch normalisation of the bottleneck else has one value per channel (or model.batchNorm: false)',
      });
  },
);

export type Experiment = z.infer<typeof experimentSchema>;
