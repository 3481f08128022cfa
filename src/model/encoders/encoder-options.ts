import { z } from 'zod';
import { positiveInteger } from '../../configuration/numbers';
import { DEFAULT_ENCODER, ENCODER_NAMES } from './index';

const blockNumber = z.number().int().min(1).max(5);

/** Epochs counted from 1, first and last. */
const epochRange = z
  .tuple([positiveInteger, positiveInteger])
  .refine(([first, last]) => first <= last, 'the first epoch and the last one, as in [1, 3]');

const settings = z.strictObject({
  name: z.enum(ENCODER_NAMES).default(DEFAULT_ENCODER),
  /**
   * Where the encoder's layers come from; null for random. Either `<name>-imagenet` (Keras's, such as
   * `vgg19-imagenet`, fetched once into the user's cache), or a path: an experiment's YAML, a run folder, a checkpoint, a
   * TensorFlow.js model or weights manifest, HDF5 as Keras saves it, torchvision's network as safetensors. The model then uses the preprocessing they came with.
   */
  weights: z.string().min(1).nullable().default(null),
  /** The encoder's blocks taken from `weights`, of a ResNet its stem (1) and stages (2 to 5); the others start at random. */
  blocks: z.array(blockNumber).min(1).default([1, 2, 3, 4, 5]),
  /** Batch normalisation behind the blocks taken from `weights`, where `model.batchNorm` is on; false hands them over bare. */
  batchNorm: z.boolean().default(true),
  /**
   * Where such blocks are bare: batch normalisation of what they hand over to the expansion blocks, whose other half is
   * normalised. Activations of ImageNet's layers run into the hundreds.
   */
  skipBatchNorm: z.boolean().default(false),
  /** Blocks whose weights stay as they are: throughout (`[1, 2]`), or for some epochs (`[{ blocks: [1, 2], epochs: [1, 3] }]`). */
  freeze: z
    .array(z.union([blockNumber, z.strictObject({ blocks: z.array(blockNumber).min(1), epochs: epochRange })]))
    .default([]),
  /** Whether a frozen block's batch normalisation is frozen too; false lets it follow the batches' statistics. */
  freezeBatchNorm: z.boolean().default(true),
});

/** Only what was taken over can be kept as it is: a frozen random layer would stay random. */
export const encoderOptions = settings.superRefine(({ weights, blocks, freeze }, context) => {
  const expected =
    weights === null
      ? 'none, since there are no model.encoder.weights and random layers would stay random'
      : `a block that is taken over (model.encoder.blocks: ${blocks.join(', ')})`;
  const frozen = freeze.flatMap((entry, index) =>
    typeof entry === 'number'
      ? [{ block: entry, path: ['freeze', index] }]
      : entry.blocks.map((block, place) => ({ block, path: ['freeze', index, 'blocks', place] })),
  );
  for (const { block, path } of frozen)
    if (weights === null || !blocks.includes(block)) context.addIssue({ code: 'custom', path, message: expected });
});

export type EncoderSettings = z.infer<typeof encoderOptions>;
