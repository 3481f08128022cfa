import { z } from 'zod';
import { tf } from '../../src/tensorflow/tensorflow';
import { type LossDefinition, memberships } from '../../src/training/losses/loss';

const options = {
  /** How much a pixel that is missed counts; one that is found wrongly counts the rest of 1. */
  missed: z.number().min(0).max(1).default(0.7),
};

/** One minus the mean of the classes' Tversky indices (Salehi et al. 2017): Dice that minds misses more than false alarms. */
export const tversky = {
  options,
  create:
    ({ missed }) =>
    (logits, targets) => {
      const [probabilities, truth] = memberships(logits, targets);
      const found = tf.sum(tf.mul(probabilities, truth), 1);
      const misses = tf.mul(tf.sub(tf.sum(truth, 1), found), missed);
      const alarms = tf.mul(tf.sub(tf.sum(probabilities, 1), found), 1 - missed);
      const index = tf.div(tf.add(found, 1), tf.add(tf.add(found, 1), tf.add(misses, alarms)));
      return tf.sub(1, tf.mean(index)) as tf.Scalar;
    },
} satisfies LossDefinition<{ missed: number }>;
