import { ModelError } from '../errors';
import { BatchNormalization } from '../tensorflow/fused-layers';
import type { tf } from '../tensorflow/tensorflow';

/**
 * Batch normalisation takes mean and variance of each channel over batch, height and width. Of a single value the variance
 * is 0, so that the layer gives the same whatever it sees, and its running variance, by which the model is evaluated, dies
 * away.
 *
 * @param model whose trainable layers are meant; a frozen one works by its running statistics
 * @param batchSizes how many samples go through the model at once in an epoch
 * @param given.samples of an epoch
 * @param given.microBatch where these are parts of batches
 * @throws ModelError where a batch has one value per channel
 */
export function requireBatchStatistics(
  model: tf.LayersModel,
  batchSizes: readonly number[],
  { samples, microBatch }: { samples: number; microBatch: number | null },
): void {
  if (!batchSizes.includes(1)) return;
  const single = model.layers.find(
    (layer) => layer instanceof BatchNormalization && layer.trainable && sidesOf(layer).every((side) => side === 1),
  );
  if (!single) return;
  const others = batchSizes.length > 1;
  const left =
    microBatch === null
      ? `the last of ${samples} samples in batches of ${Math.max(...batchSizes)}`
      : `what is left of a batch in parts of ${microBatch}`;
  const key = microBatch === null ? 'training.batchSize' : 'training.microBatch';
  throw new ModelError(
    `${single.name}: a batch of 1${others ? `, ${left},` : ''} has one value per channel at ${sidesOf(single).join('x')}, so batch normalisation cannot tell what varies`,
    `set ${key} to ${others ? 'what leaves no single sample over' : '2 or more'}, data.size to 64 or more, or model.batchNorm to false`,
  );
}

/** Height and width of what a layer gives, in pixels. */
function sidesOf(layer: tf.layers.Layer): number[] {
  return (layer.outputShape as number[]).slice(1, -1);
}
