import { z } from 'zod';
import { tf } from '../../tensorflow/tensorflow';
import { type LossDefinition, memberships } from './loss';

const options = {
  /** Added to both sides of the fraction, in pixels, so that it exists for a class that is absent. */
  smooth: z.number().positive().default(1),
};

/**
 * One minus the mean of the classes' Dice coefficients, with probabilities in place of decisions (Milletari et al. 2016),
 * over all pixels of a batch: `(2 sum(p t) + smooth) / (sum(p) + sum(t) + smooth)`.
 */
export const dice = {
  options,
  create:
    ({ smooth }) =>
    (logits, targets) => {
      const [probabilities, truth] = memberships(logits, targets);
      const common = tf.sum(tf.mul(probabilities, truth), 1);
      const all = tf.add(tf.sum(probabilities, 1), tf.sum(truth, 1));
      return tf.sub(1, tf.mean(tf.div(tf.add(tf.mul(common, 2), smooth), tf.add(all, smooth)))) as tf.Scalar;
    },
} satisfies LossDefinition<{ smooth: number }>;
