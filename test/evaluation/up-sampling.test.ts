import { expect, test } from 'bun:test';
import { upSampledRows } from '../../src/evaluation/up-sampling';
import { createRandom } from '../../src/random';
import { tf } from '../../src/tensorflow/tensorflow';

const random = createRandom(3);
const logits = tf.tensor3d(
  Float32Array.from({ length: 32 * 32 * 8 }, () => random.uniform(-5, 5)),
  [32, 32, 8],
);

// Larger, as large, smaller; the last row alone; rows above the first centre, which repeat the first row.
test.each([
  [100, 0, 100],
  [100, 37, 53],
  [333, 332, 333],
  [333, 0, 3],
  [32, 5, 9],
  [20, 3, 20],
])("side %p, rows %p to %p: those of TensorFlow's own resize", (side, from, to) => {
  const whole = tf.image.resizeBilinear(logits, [side, side], false, true);
  const expected = tf.slice(whole, [from, 0, 0], [to - from, side, 8]);
  const rows = upSampledRows(logits, { width: side, height: side }, from, to);
  expect(rows.shape).toEqual(expected.shape);
  const difference = tf.max(tf.abs(tf.sub(rows, expected))).dataSync()[0];
  expect(difference).toBeLessThan(2e-6);
});

test('by hand: of two rows 0 and 8, four become 0, 2, 6 and 8', () => {
  const source = tf.tensor3d([0, 0, 8, 8], [2, 2, 1]);
  expect([...upSampledRows(source, { width: 4, height: 4 }, 1, 3).dataSync()]).toEqual([2, 2, 2, 2, 6, 6, 6, 6]);
});
