import type { tf } from '../../tensorflow/tensorflow';

/**
 * What a training makes small: a scalar of a batch's logits, [pixels (or examples), classes], and their true classes, int32
 * [pixels].
 */
export type Loss = (logits: tf.Tensor2D, classes: tf.Tensor1D) => tf.Scalar;
