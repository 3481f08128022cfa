import { integerPower } from './integer-power';
import { tf } from './tensorflow';

/** Adam's constants (Kingma & Ba 2015); Keras's by default. */
export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

export const ADAM: Required<AdamOptions> = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** What Adam remembers between steps, in the order of the trained variables. */
export interface AdamState {
  /** Steps done. */
  steps: number;
  /** Running means of the gradients. */
  first: tf.Tensor[];
  /** Running means of the squared gradients. */
  second: tf.Tensor[];
}

/**
 * The correction for the zeros that the running means start from, worked into the learning rate and epsilon as in the
 * paper's section 2, in double precision: `variable -= rate * first / (sqrt(second) + epsilon)`.
 *
 * @param step counted from 1
 */
export function biasCorrected(step: number, learningRate: number, { beta1, beta2, epsilon }: Required<AdamOptions>) {
  const scale = Math.sqrt(1 - integerPower(beta2, step));
  return { rate: (learningRate * scale) / (1 - integerPower(beta1, step)), epsilon: epsilon * scale };
}

/** Adam's update of one variable and of its two running means, operation by operation. */
export function applyAdam(
  variable: tf.Variable,
  [first, second]: readonly [tf.Variable, tf.Variable],
  gradient: tf.Tensor,
  { rate, epsilon }: { rate: number; epsilon: number },
  { beta1, beta2 }: Required<AdamOptions>,
): void {
  tf.tidy(() => {
    // TensorFlow's own Adam has the constants in single precision.
    const share = (beta: number) => 1 - Math.fround(beta);
    first.assign(tf.add(first, tf.mul(tf.sub(gradient, first), share(beta1))));
    second.assign(tf.add(second, tf.mul(tf.sub(tf.square(gradient), second), share(beta2))));
    variable.assign(tf.sub(variable, tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), epsilon))));
  });
}
