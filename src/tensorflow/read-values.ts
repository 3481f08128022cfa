import { tf } from './tensorflow';

/**
 * Computes a tensor and reads its values; all tensors made on the way are freed. To read inside of `tf.tidy` and return the
 * array would be slow: tidy looks for tensors in whatever it is given back, element by element, and fails above 16.8 million.
 */
export function readValues(compute: () => tf.Tensor): tf.TypedArray {
  const tensor = tf.tidy(compute);
  try {
    return tensor.dataSync();
  } finally {
    tensor.dispose();
  }
}
