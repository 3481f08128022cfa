import { expect, test } from 'bun:test';
import { ModelError } from '../../../src/errors';
import { tf } from '../../../src/tensorflow/tensorflow';
import { logitRows } from '../../../src/training/batch-tensors';
import { createLoss, lossSchema } from '../../../src/training/losses';

const loss = (shape: number[], labels: number[]) =>
  tf.tidy(() => {
    const classes = tf.tensor1d(labels, 'int32');
    const logits = logitRows(tf.zeros(shape), classes);
    const context = { classes: logits.shape[1], shares: null };
    return createLoss(lossSchema.parse([{}]), context, { ignoring: false })(logits, classes).dataSync()[0];
  });

test('logits that are all alike: the logarithm of how many classes there are', () => {
  expect(loss([2, 2, 2, 8], [0, 1, 2, 3, 4, 5, 6, 7])).toBeCloseTo(Math.log(8), 6);
  expect(loss([3, 5], [4, 0, 1])).toBeCloseTo(Math.log(5), 6);
});

test('a row of logits for each class, or both shapes are named', () => {
  // A U-Net's pixels against one class a picture: 2 x 2 x 8 = 32 values a class would pass for 32 classes.
  expect(() => loss([2, 2, 2, 8], [0, 1])).toThrow(ModelError);
  expect(() => loss([2, 2, 2, 8], [0, 1])).toThrow('logits of shape [2,2,2,8] are 8 rows, for classes of shape [2]');
});
