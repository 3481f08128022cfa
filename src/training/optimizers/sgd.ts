import { z } from 'zod';
import type { Optimizer } from '../../tensorflow/optimizer';
import { tf } from '../../tensorflow/tensorflow';

export const sgdOptions = {
  /** Share of the last step's velocity that is kept. */
  momentum: z.number().min(0).lt(1).default(0.9),
  /** Added to a weight's gradient, times the weight. */
  weightDecay: z.number().nonnegative().default(0),
};

/**
 * Stochastic gradient descent with momentum, as PyTorch has it: `velocity = momentum * velocity + gradient`, `variable -=
 * rate * velocity`, where the gradient includes `weightDecay * variable`.
 */
export function sgd({ momentum, weightDecay }: { momentum: number; weightDecay: number }): Optimizer {
  return {
    slots: ['velocity'],
    scalars: (_step, learningRate) => ({ rates: { rate: learningRate } }),
    apply({ variable, gradient, slots: { velocity }, scalars: { rate }, decayed }) {
      tf.tidy(() => {
        const slope = decayed && weightDecay > 0 ? tf.add(gradient, tf.mul(variable, weightDecay)) : gradient;
        velocity.assign(tf.add(tf.mul(velocity, momentum), slope));
        variable.assign(tf.sub(variable, tf.mul(velocity, rate)));
      });
    },
    addTo(nodes, { variable, value, gradient, slots: { velocity }, scalars: { rate }, decayed, readers }) {
      const decay = () => nodes.add('Mul', [value, nodes.constant(weightDecay)]);
      const slope = decayed && weightDecay > 0 ? nodes.add('AddV2', [gradient, decay()]) : gradient;
      return nodes.run('ResourceApplyMomentum', [variable, velocity, rate, slope, nodes.constant(momentum)], readers);
    },
  };
}
