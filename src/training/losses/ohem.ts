import { z } from 'zod';
import { softmaxCrossEntropies } from '../../tensorflow/fused-operations';
import { tf } from '../../tensorflow/tensorflow';
import type { ClassWeightsOption } from './class-weights';
import { weightedByClass, weightedOptions } from './cross-entropy';
import type { LossDefinition } from './loss';

const options = {
  ...weightedOptions,
  /** Pixels whose true class has less than this probability are hard. */
  probability: z.number().gt(0).lt(1).default(0.7),
  /** Share of a batch's pixels that count at least, the hardest ones. */
  keep: z.number().gt(0).max(1).default(0.0625),
};

/** Cross-entropy of the hard pixels alone: online hard example mining (Shrivastava et al. 2016). */
export const ohem = {
  options,
  create({ weights, probability, keep }, context) {
    const weighted = weightedByClass(weights, context);
    return (logits, targets) => {
      const { classes, counted } = targets;
      const losses = softmaxCrossEntropies(logits, classes);
      const limit = -Math.log(probability);
      const weight = weighted(tf.onesLike(losses), targets);
      return meanOfHardest(losses, counted ?? tf.onesLike(losses), weight, limit, Math.ceil(keep * classes.size));
    };
  },
} satisfies LossDefinition<{ weights: ClassWeightsOption; probability: number; keep: number }>;

/** Mean of the losses above a limit, or of the `least` greatest where fewer are; which those are is not differentiated. */
function meanOfHardest(
  losses: tf.Tensor1D,
  counted: tf.Tensor1D,
  weights: tf.Tensor1D,
  limit: number,
  least: number,
): tf.Scalar {
  const compute = tf.customGrad((x, save) => {
    const known = tf.mul(x as tf.Tensor, counted);
    const { values } = tf.topk(known, least);
    const threshold = tf.minimum(tf.slice(values, [least - 1], [1]), limit);
    const hard = tf.mul(tf.cast(tf.greaterEqual(known, threshold), 'float32'), counted);
    const share = tf.div(tf.mul(hard, weights), tf.maximum(tf.sum(hard), 1));
    (save as tf.GradSaveFunc)([share]);
    return {
      value: tf.sum(tf.mul(x as tf.Tensor, share)),
      gradFunc: (gradient: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(saved, gradient),
    };
  });
  return compute(losses) as tf.Scalar;
}
