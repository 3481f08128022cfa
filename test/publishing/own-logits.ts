import { expect } from 'bun:test';
import { preprocessInto } from '../../src/data/preprocessing';
import { tf } from '../../src/tensorflow/tensorflow';
import { loadCheckpoint } from '../../src/training/checkpoint';
import { noise } from './tiny-run';

export const SIZE = 32;
/** Two different pictures, as one batch. */
export const batch = [noise(SIZE, SIZE, 1), noise(SIZE, SIZE, 2)].map(({ pixels }) => pixels);

/** What the project's own model says of the batch: logits, [2, size, size, 8]. */
export function ownLogits(run: string): Float32Array {
  const { model, metadata } = loadCheckpoint(run);
  const input = new Float32Array(2 * SIZE * SIZE * 3);
  batch.forEach((pixels, index) => {
    preprocessInto(input, index * SIZE * SIZE * 3, pixels, metadata.preprocessing);
  });
  const logits = tf.tidy(() =>
    (model.predict(tf.tensor(input, [2, SIZE, SIZE, 3])) as tf.Tensor).dataSync(),
  ) as Float32Array;
  model.dispose();
  return logits;
}

export function greatestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0);
}
