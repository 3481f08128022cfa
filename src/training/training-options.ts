import { z } from 'zod';
import { positiveInteger } from '../configuration/numbers';
import { augmentationOptions } from '../data/augmentations';
import { lossSchema } from './losses';
import { optimizerSchema } from './optimizers';
import { scheduleSchema } from './schedules';

/** How a model is trained. Defaults are the published regime: batches of 32, 20 epochs, Adam at 0.001 x 0.95 per epoch. */
export const trainingOptionsSchema = z.strictObject({
  epochs: positiveInteger.default(20),
  /** Epochs without a lower validation loss after which the training ends early; null for never. */
  patience: positiveInteger.nullable().default(null),
  batchSize: positiveInteger.default(32),
  /**
   * Samples that go through the model at once, where a batch is too large for memory: gradients add up to those of the whole
   * batch but for rounding, where its loss is a mean over pixels. Batch normalisation takes its statistics of each part, and
   * `dice`, `lovasz-softmax` and `ohem` look at each part by itself. Null for the whole batch.
   */
  microBatch: positiveInteger.nullable().default(null),
  /** The norm that all gradients of a step together are brought down to, where it is above; null for none. */
  clipNorm: z.number().positive().nullable().default(null),
  /**
   * Of an exponential moving average of the weights, batch normalisation's running statistics included, over steps: validation,
   * checkpoints and evaluation then are of the average. The larger, the more steps it looks back on (1 / (1 - decay)), such as
   * 0.99; null for none.
   */
  averageDecay: z.number().gt(0).lt(1).nullable().default(null),
  learningRate: z.number().positive().default(0.001),
  /** The learning rate is multiplied by this after each epoch. */
  learningRateDecay: z.number().positive().max(1).default(0.95),
  /**
   * What is made small, the sum of these: `cross-entropy` (`weights`), `focal` (`weights`, `gamma`), `dice` (`smooth`),
   * `lovasz-softmax`, `ohem` (`weights`, `probability`, `keep`), each times its `factor`. Class weights are numbers, or
   * `inverse-frequency`, `median-frequency`, `enet`, `{ logarithmic: c }` of the training split.
   */
  loss: lossSchema.prefault([{}]),
  /** Whether pixels of the class void count neither in the loss nor in the validation; else void is a class like others. */
  ignoreVoid: z.boolean().default(false),
  /**
   * How the learning rate goes in the course of the training: `exponential` (by `learningRateDecay`), `cosine` (`minimum`),
   * `polynomial` (`power`), `one-cycle` (`rise`); each after a warm-up, per epoch or per step.
   */
  schedule: scheduleSchema.prefault({ name: 'exponential' }),
  /**
   * How weights follow from their gradients: `adam`, `adamw` (`weightDecay`), `sgd` (`momentum`, `weightDecay`). Weight decay
   * is for filters, not for biases and batch normalisation.
   */
  optimizer: optimizerSchema.prefault({ name: 'adam' }),
  /** What the learning rate is multiplied by in the encoder's blocks taken from `model.encoder.weights`. */
  encoderLearningRateFactor: z.number().positive().max(1).default(1),
  /** Mirror half of the training samples, drawn again each epoch. */
  horizontalFlip: z.boolean().default(true),
  /** What else varies the training samples, drawn again each epoch; mirroring has its own key. */
  augmentation: augmentationOptions.omit({ mirror: true }).prefault({}),
  /** What tells a loss and an augmentation that a notebook hands over as functions from others; it trains with them alone. */
  own: z.string().nullable().default(null),
});

export type TrainingOptions = z.infer<typeof trainingOptionsSchema>;
/** The same, as far as one gives them. */
export type TrainingSettings = z.input<typeof trainingOptionsSchema>;
