import type { Batch } from '../data/batches';
import { sparseSoftmaxCrossEntropy } from '../tensorflow/fused-operations';
import { tf } from '../tensorflow/tensorflow';

/** @returns the batch's images as a tensor [batch, height, width, 3], owned by the caller. */
export function imagesTensor(batch: Batch, model: tf.LayersModel): tf.Tensor4D {
  const [, height, width, channels] = model.inputs[0].shape as number[];
  return tf.tensor4d(batch.images, [batch.names.length, height, width, channels]);
}

/** @returns the class of every pixel (or example) of the batch, int32 [batch x height x width], owned by the caller. */
export function classesTensor(batch: Batch): tf.Tensor1D {
  return tf.tensor1d(batch.classes, 'int32');
}

/**
 * Mean cross-entropy a pixel (or an example), in nats.
 *
 * @param logits [..., classes]
 * @param classes int32, as many as there are rows of logits
 */
export function crossEntropy(logits: tf.Tensor, classes: tf.Tensor1D): tf.Scalar {
  const rows = logits.reshape([classes.size, -1]) as tf.Tensor2D;
  return sparseSoftmaxCrossEntropy(rows, classes);
}
