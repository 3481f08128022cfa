import { integerPower } from '../../tensorflow/integer-power';
import type { Optimizer } from '../../tensorflow/optimizer';
import { tf } from '../../tensorflow/tensorflow';

/** Adam's constants; Keras's by default. */
export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

/**
 * Adam (Kingma & Ba 2015). The correction for the zeros that the running means start from is worked into the learning rate
 * and epsilon as in the paper's section 2, in double precision: `variable -= rate * first / (sqrt(second) + epsilon)`.
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamOptions = {}): Optimizer {
  return {
    slots: ['firstMoment', 'secondMoment'],
    scalars(step, learningRate) {
      const scale = Math.sqrt(1 - integerPower(beta2, step));
      const rate = (learningRate * scale) / (1 - integerPower(beta1, step));
      return { rates: { rate }, others: { epsilon: epsilon * scale } };
    },
    apply({ variable, gradient, slots: { firstMoment: first, secondMoment: second }, scalars: { rate, epsilon } }) {
      tf.tidy(() => {
        // TensorFlow's own Adam has the constants in single precision.
        const share = (beta: number) => 1 - Math.fround(beta);
        first.assign(tf.add(first, tf.mul(tf.sub(gradient, first), share(beta1))));
        second.assign(tf.add(second, tf.mul(tf.sub(tf.square(gradient), second), share(beta2))));
        variable.assign(tf.sub(variable, tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), epsilon))));
      });
    },
    addTo(nodes, { variable, gradient, slots: { firstMoment, secondMoment }, scalars: { rate, epsilon }, readers }) {
      // The powers of beta are zero because rate and epsilon hold the correction already.
      const [zero, ...betas] = [0, beta1, beta2].map((value) => nodes.constant(value));
      const inputs = [variable, firstMoment, secondMoment, zero, zero, rate, ...betas, epsilon, gradient];
      return nodes.run('ResourceApplyAdam', inputs, readers);
    },
  };
}
