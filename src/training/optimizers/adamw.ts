import { z } from 'zod';
import type { Optimizer } from '../../tensorflow/optimizer';
import { tf } from '../../tensorflow/tensorflow';
import { adam } from './adam';

export const adamwOptions = {
  /** Share of each weight that a step takes away, times the learning rate. */
  weightDecay: z.number().nonnegative().default(0.01),
};

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): before Adam's step, a weight loses the learning rate times
 * `weightDecay` of itself.
 */
export function adamw({ weightDecay }: { weightDecay: number }): Optimizer {
  const base = adam();
  return {
    slots: base.slots,
    scalars(step, learningRate) {
      const { rates, others } = base.scalars(step, learningRate);
      return { rates: { ...rates, decay: learningRate * weightDecay }, others };
    },
    apply(update) {
      const { variable, scalars, decayed } = update;
      if (decayed) tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(variable, scalars.decay))));
      base.apply(update);
    },
    addTo(nodes, update) {
      const { variable, value, scalars, decayed, readers } = update;
      if (!decayed) return base.addTo(nodes, update);
      const lost = nodes.add('Mul', [value, scalars.decay]);
      const shrunk = nodes.run('AssignSubVariableOp', [variable, lost], readers);
      return base.addTo(nodes, { ...update, readers: [shrunk] });
    },
  };
}
