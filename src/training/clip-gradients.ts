import { tf } from '../tensorflow/tensorflow';

/** Gradients times what brings the norm of all of them together down to `limit`, where it is above (Pascanu et al. 2013). */
export function clippedByNorm(gradients: tf.Tensor[], limit: number): tf.Tensor[] {
  const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
  const scale = tf.div(limit, tf.maximum(norm, limit));
  return gradients.map((gradient) => tf.mul(gradient, scale));
}
