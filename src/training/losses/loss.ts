import type { z } from 'zod';
import type { IGNORED } from '../../data/classes/class-set';
import { tf } from '../../tensorflow/tensorflow';
import type { ClassShares } from './class-shares';

/**
 * What a training makes small: a scalar of a batch's logits, [pixels (or examples), classes], and their true classes, int32
 * [pixels], {@link IGNORED} where there is none.
 */
export type Loss = (logits: tf.Tensor2D, classes: tf.Tensor1D) => tf.Scalar;

/** True classes as the single losses take them. */
export interface Targets {
  /** int32 [pixels]; 0 where the pixel does not count. */
  classes: tf.Tensor1D;
  /** float32 [pixels], 1 where the pixel counts and else 0; null where all do. */
  counted: tf.Tensor1D | null;
}

export interface LossContext {
  /** How many classes there are. */
  classes: number;
  /** Of the training split; null where no loss weights classes. */
  shares: ClassShares | null;
}

/**
 * A loss of one's own: a scalar of a batch's logits, [pixels, classes]. `counted` of the targets is null where all pixels
 * count; `context.shares` is null.
 */
export type OwnLoss = (logits: tf.Tensor2D, targets: Targets, context: LossContext) => tf.Tensor;

/** How `training.own` begins where there is such a loss, in place of those of `training.loss`. */
export const OWN_LOSS = 'loss ';

/** One loss of a sum: what may be said of it, and how it is made. */
export interface LossDefinition<Options = unknown> {
  readonly options: z.ZodRawShape;
  create(options: Options, context: LossContext): (logits: tf.Tensor2D, targets: Targets) => tf.Scalar;
}

/** @param values [pixels]. @returns their mean over the pixels that count; 0 where none does */
export function meanCounted(values: tf.Tensor, counted: tf.Tensor1D | null): tf.Scalar {
  if (counted === null) return tf.mean(values);
  return tf.div(tf.sum(tf.mul(values, counted)), tf.maximum(tf.sum(counted), 1));
}

/** Probabilities and one-hot true classes, [classes, pixels], zero where a pixel does not count. */
export function memberships(logits: tf.Tensor2D, { classes, counted }: Targets): [tf.Tensor2D, tf.Tensor2D] {
  const truth = tf.oneHot(classes, logits.shape[1], 1, 0, 'float32') as tf.Tensor2D;
  const [probabilities, members] = [tf.softmax(logits), truth].map((values) => {
    return tf.transpose(counted ? tf.mul(values, tf.expandDims(counted, 1)) : values) as tf.Tensor2D;
  });
  return [probabilities, members];
}
