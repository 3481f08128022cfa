import type { Batch } from '../data/batches';
import { ModelError } from '../errors';
import type { InputSpec } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';

/** @returns the batch's images as a tensor [batch, height, width, 3], owned by the caller. */
export function imagesTensor(batch: Batch, model: tf.LayersModel): tf.Tensor {
  return tf.tensor(batch.images, imageShape(model, batch.names.length), 'float32');
}

/**
 * A batch as what the loss is a function of, owned by the caller: images [batch, height, width, 3] and the class of every
 * pixel (or example), int32 [batch x height x width].
 */
export function batchInputs(batch: Batch, model: tf.LayersModel): [images: tf.Tensor, classes: tf.Tensor] {
  return [imagesTensor(batch, model), tf.tensor1d(batch.classes, 'int32')];
}

/** Shapes and types of {@link batchInputs} for a batch of that size. */
export function inputSpecs(model: tf.LayersModel, batchSize: number): InputSpec[] {
  const classes = (model.outputs[0].shape as number[])
    .slice(1, -1)
    .reduce((product, side) => product * side, batchSize);
  return [
    { shape: imageShape(model, batchSize), dtype: 'float32' },
    { shape: [classes], dtype: 'int32' },
  ];
}

function imageShape(model: tf.LayersModel, batchSize: number): number[] {
  return [batchSize, ...(model.inputs[0].shape as number[]).slice(1)];
}

/**
 * What a model gives as the losses take it.
 *
 * @param logits [..., classes]
 * @param classes int32, as many as there are rows of logits
 * @returns [rows, classes]
 * @throws ModelError when there are not
 */
export function logitRows(logits: tf.Tensor, classes: tf.Tensor): tf.Tensor2D {
  const { shape } = logits;
  const channels = shape[shape.length - 1];
  const rows = logits.size / channels;
  if (rows !== classes.size)
    throw new ModelError(
      `logits of shape [${shape}] are ${rows} rows, for classes of shape [${classes.shape}]`,
      'train a model on samples of its own task: a U-Net on scenes, a classifier on crops',
    );
  return logits.reshape([rows, channels]);
}
