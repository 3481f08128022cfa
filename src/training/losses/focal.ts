import { z } from 'zod';
import { softmaxCrossEntropies } from '../../tensorflow/fused-operations';
import { tf } from '../../tensorflow/tensorflow';
import type { ClassWeightsOption } from './class-weights';
import { weightedByClass, weightedOptions } from './cross-entropy';
import { type LossDefinition, meanCounted } from './loss';

const options = {
  ...weightedOptions,
  /** How much less what is known already counts; 0 is cross-entropy. */
  gamma: z.number().nonnegative().default(2),
};

/** Mean of `(1 - p) ^ gamma` times cross-entropy, p the probability of the true class (Lin et al. 2017). */
export const focal = {
  options,
  create({ weights, gamma }, context) {
    const weighted = weightedByClass(weights, context);
    return (logits, targets) => {
      const losses = softmaxCrossEntropies(logits, targets.classes);
      // Rounding may take it below zero, of which there is no power.
      const missing = tf.maximum(tf.sub(1, tf.exp(tf.neg(losses))), 1e-7);
      const focused = tf.mul(tf.pow(missing, gamma), losses) as tf.Tensor1D;
      return meanCounted(weighted(focused, targets), targets.counted);
    };
  },
} satisfies LossDefinition<{ weights: ClassWeightsOption; gamma: number }>;
