import { describe, expect, test } from 'bun:test';
import {
  addBias,
  batchNormInference,
  batchNormTraining,
  relu,
  sparseSoftmaxCrossEntropy,
} from '../../src/tensorflow/fused-operations';
import { tf } from '../../src/tensorflow/tensorflow';

const input = tf.randomNormal([2, 3, 4, 5], 0.5, 2, 'float32', 1) as tf.Tensor4D;
const weight = tf.randomNormal([2, 3, 4, 5], 0, 1, 'float32', 2);

/** Gradients of sum(f(x) * weight): the weights make every place count differently. */
function gradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): number[][] {
  const results = tf.grads((...given: tf.Tensor[]) => tf.sum(tf.mul(f(...given), weight)))(inputs);
  return results.map((gradient) => [...gradient.dataSync()]);
}

function expectClose(actual: number[][], expected: number[][], digits = 4): void {
  expect(actual.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  actual.flat().forEach((value, index) => {
    expect(value).toBeCloseTo(expected.flat()[index], digits);
  });
}

describe('fused operations agree with the composed ones, forward and backward', () => {
  test('relu', () => {
    expect([...relu(input).dataSync()]).toEqual([...tf.relu(input).dataSync()]);
    expectClose(gradients(relu, [input]), gradients(tf.relu, [input]));
  });

  test('bias', () => {
    const bias = tf.tensor1d([1, -2, 3, -4, 5]);
    const fused = (x: tf.Tensor, b: tf.Tensor) => addBias(x as tf.Tensor4D, b as tf.Tensor1D);
    expectClose([[...fused(input, bias).dataSync()]], [[...tf.add(input, bias).dataSync()]]);
    expectClose(gradients(fused, [input, bias]), gradients(tf.add, [input, bias]));
  });

  test('batch normalisation', () => {
    const [gamma, beta, epsilon] = [tf.tensor1d([1, 2, 0.5, 3, 1]), tf.tensor1d([0, 1, -1, 2, 0]), 1e-3];
    const fused = (x: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
      batchNormTraining(x as tf.Tensor4D, g as tf.Tensor1D, b as tf.Tensor1D, epsilon).output;
    const composed = (x: tf.Tensor, g: tf.Tensor, b: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), g), b);
    };
    const inputs = [input, gamma, beta];
    expectClose(
      [[...fused(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor])).dataSync()]],
      [[...composed(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor])).dataSync()]],
    );
    expectClose(
      gradients(fused as (...given: tf.Tensor[]) => tf.Tensor, inputs),
      gradients(composed as (...given: tf.Tensor[]) => tf.Tensor, inputs),
      3,
    );
  });

  test('batch normalisation with given statistics', () => {
    const [gamma, beta, epsilon] = [tf.tensor1d([1, 2, 0.5, 3, 1]), tf.tensor1d([0, 1, -1, 2, 0]), 1e-3];
    const statistics = { mean: tf.tensor1d([0.5, 0, 1, -1, 2]), variance: tf.tensor1d([1, 4, 2, 0.5, 3]) };
    const fused = (...[x, g, b]: tf.Tensor[]) =>
      batchNormInference(x as tf.Tensor4D, g as tf.Tensor1D, b as tf.Tensor1D, statistics, epsilon);
    const composed = (...[x, g, b]: tf.Tensor[]) =>
      tf.batchNorm(x as tf.Tensor4D, statistics.mean, statistics.variance, b as tf.Tensor1D, g as tf.Tensor1D, epsilon);
    const inputs = [input, gamma, beta];
    expectClose([[...fused(...inputs).dataSync()]], [[...composed(...inputs).dataSync()]]);
    expectClose(gradients(fused, inputs), gradients(composed, inputs), 3);
  });

  test('softmax cross-entropy is log(sum(exp)) less the logit of the true class, averaged', () => {
    const logits = tf.tensor2d([
      [2, 1, 0],
      [0, 0, 0],
    ]);
    const classes = tf.tensor1d([0, 2], 'int32');
    const expected = (Math.log(Math.exp(2) + Math.exp(1) + 1) - 2 + Math.log(3)) / 2;
    expect(sparseSoftmaxCrossEntropy(logits, classes).dataSync()[0]).toBeCloseTo(expected, 6);
    const gradient = tf.grad((x) => sparseSoftmaxCrossEntropy(x as tf.Tensor2D, classes))(logits);
    // (softmax - one-hot) / 2
    const sum = Math.exp(2) + Math.exp(1) + 1;
    const rows = [Math.exp(2) / sum - 1, Math.exp(1) / sum, 1 / sum, 1 / 3, 1 / 3, 1 / 3 - 1].map((value) => value / 2);
    expectClose([[...gradient.dataSync()]], [rows], 6);
  });
});

test("the batch's statistics: mean, and variance over n - 1", () => {
  const x = tf.tensor4d([1, 2, 3, 6], [1, 2, 2, 1]);
  const { statistics } = batchNormTraining(x, tf.tensor1d([1]), tf.tensor1d([0]), 1e-3);
  expect(statistics.mean.dataSync()[0]).toBeCloseTo(3, 5);
  // (4 + 1 + 0 + 9) / 3
  expect(statistics.variance.dataSync()[0]).toBeCloseTo(14 / 3, 5);
});

test('nothing is left behind but the results', () => {
  const [gamma, beta] = [tf.ones([5]) as tf.Tensor1D, tf.zeros([5]) as tf.Tensor1D];
  const run = () =>
    tf.tidy(
      () => void tf.grad((x) => tf.sum(relu(batchNormTraining(x as tf.Tensor4D, gamma, beta, 1e-3).output)))(input),
    );
  run();
  const before = tf.memory().numTensors;
  for (let round = 0; round < 5; round += 1) run();
  expect(tf.memory().numTensors).toBe(before);
});
