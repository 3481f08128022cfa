import { tf } from '../tensorflow/tensorflow';

/** Axis of the columns of [batch, height, width, channels]. */
const ACROSS = 2;

/**
 * What a model says of pictures; and with `mirror` also what it says of their mirror images, turned back, so that pixels
 * meet those of the picture. The mean of their probabilities is what test-time mirroring predicts by.
 *
 * @param logits what the model gives for pictures, [batch, height, width, classes]
 * @param images [batch, height, width, 3]
 * @returns one or two tensors [batch, height, width, classes]
 */
export function viewLogits(logits: (images: tf.Tensor) => tf.Tensor, images: tf.Tensor, mirror: boolean): tf.Tensor[] {
  return mirror ? [logits(images), tf.reverse(logits(tf.reverse(images, ACROSS)), ACROSS)] : [logits(images)];
}

/** @returns the mean over the views of the probability of each class, of the logits' shape */
export function meanProbabilities<T extends tf.Tensor>(views: readonly T[]): T {
  const probabilities = views.map((logits) => tf.softmax(logits));
  return views.length > 1 ? tf.div(tf.addN(probabilities), views.length) : probabilities[0];
}
