import { expect, test } from 'bun:test';
import { inspect } from 'node:util';
import { tensorText } from '../../src/tensorflow/tensor-text';
import { tf } from '../../src/tensorflow/tensorflow';

test('a tensor is printed with shape, type and values, as NumPy does', () => {
  const text = tf.tidy(() => tensorText(tf.tensor2d([1, 0.5, 2, -10, 4, 3], [2, 3])));
  expect(text).toBe('Tensor [2, 3] float32\n[[  1.0,   0.5,   2.0],\n [-10.0,   4.0,   3.0]]');
  expect(tf.tidy(() => tensorText(tf.scalar(7, 'int32')))).toBe('Tensor [] int32\n7');
  expect(tf.tidy(() => tensorText(tf.tensor1d([true, false])))).toBe('Tensor [2] bool\n[ true, false]');
  expect(tf.tidy(() => tensorText(tf.tensor1d(['a"b'])))).toBe('Tensor [1] string\n["a\\"b"]');
  expect(tf.tidy(() => tensorText(tf.zeros([0, 3])))).toBe('Tensor [0, 3] float32');
  expect(tf.tidy(() => tensorText(tf.tensor1d([1e-7, 2])))).toBe('Tensor [2] float32\n[1.0000e-7, 2.0000e+0]');
});

test('of a large one the first and last of each long side are shown', () => {
  // 40 rows of 30: row 1 begins with 30.
  const text = tf.tidy(() => tensorText(tf.range(0, 1200, 1, 'int32').reshape([40, 30])));
  expect(text).toBe(
    [
      'Tensor [40, 30] int32',
      '[[   0,    1,    2, ...,   27,   28,   29],',
      ' [  30,   31,   32, ...,   57,   58,   59],',
      ' [  60,   61,   62, ...,   87,   88,   89],',
      ' ...,',
      ' [1110, 1111, 1112, ..., 1137, 1138, 1139],',
      ' [1140, 1141, 1142, ..., 1167, 1168, 1169],',
      ' [1170, 1171, 1172, ..., 1197, 1198, 1199]]',
    ].join('\n'),
  );
  const lines = tf.tidy(() => tensorText(tf.zeros([8, 64, 64, 64]))).split('\n');
  expect(lines.length).toBeLessThan(45);
});

test('printing and showing leave no tensor behind', async () => {
  const before = tf.memory().numTensors;
  const picture = tf.fill([8, 8, 3], 0.5);
  expect(inspect(picture)).toStartWith('Tensor [8, 8, 3] float32\n[[[0.5, 0.5, 0.5],');
  const shown = await (picture as unknown as Record<symbol, () => Promise<Record<string, string>>>)[
    Symbol.for('Jupyter.display')
  ]();
  expect(Object.keys(shown).sort()).toEqual(['image/png', 'text/html', 'text/plain']);
  const pixels = tf.node.decodePng(Buffer.from(shown['image/png'], 'base64'));
  expect([...pixels.dataSync().subarray(0, 3)]).toEqual([128, 128, 128]);
  tf.dispose([picture, pixels]);
  expect(tf.memory().numTensors).toBe(before);
  expect(inspect(picture)).toBe('Tensor [8, 8, 3] float32, disposed of');
});

test('what is beyond the range of colours is stretched, and says so', async () => {
  const display = Symbol.for('Jupyter.display');
  const show = (tensor: tf.Tensor) =>
    (tensor as unknown as Record<symbol, () => Promise<Record<string, string>>>)[display]();
  const features = tf.linspace(-1, 3, 64).reshape([8, 8, 1]);
  const html = (await show(features))['text/html'];
  expect(html).toContain('alt="Tensor [8, 8, 1] float32, black is -1.00, white 3.00"');
  const vector = tf.tensor1d([1, 2]);
  expect(Object.keys(await show(vector))).toEqual(['text/plain']);
  tf.dispose([features, vector]);
});

test('a model is printed as its summary, what stands for its tensors by name and shape', () => {
  const input = tf.input({ shape: [4], name: 'four' });
  const model = tf.model({ inputs: input, outputs: tf.layers.dense({ units: 2 }).apply(input) as tf.SymbolicTensor });
  expect(inspect(input)).toBe('SymbolicTensor four [null, 4] float32');
  expect(inspect(model)).toContain('Total params: 10');
  model.dispose();
});
