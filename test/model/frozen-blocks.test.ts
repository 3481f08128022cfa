import { expect, test } from 'bun:test';
import { experimentSchema } from '../../src/experiment/schema';
import { frozenBlocksAt, refreezingEpochs } from '../../src/model/frozen-blocks';
import { freezeBlocks, uNet } from '../../src/model/u-net';
import { tf } from '../../src/tensorflow/tensorflow';

const freezeOf = (freeze: unknown) =>
  experimentSchema.parse({ name: 'x', notebooks: ['x.ipynb'], model: { encoder: { freeze } } }).model.encoder.freeze;

test('a list of groups is frozen throughout', () => {
  const freeze = freezeOf([2, 1]);
  expect(frozenBlocksAt(freeze, 1)).toEqual([1, 2]);
  expect(frozenBlocksAt(freeze, 99)).toEqual([1, 2]);
  expect(refreezingEpochs(freeze, 20)).toEqual([]);
});

test('gradual unfreezing: the deep groups first', () => {
  const freeze = freezeOf([
    { blocks: [1, 2, 3], epochs: [1, 3] },
    { blocks: [1, 2], epochs: [4, 5] },
  ]);
  expect([1, 3, 4, 5, 6].map((epoch) => frozenBlocksAt(freeze, epoch))).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2],
    [1, 2],
    [],
  ]);
  expect(refreezingEpochs(freeze, 20)).toEqual([4, 6]);
  expect(refreezingEpochs(freeze, 5)).toEqual([4]);
});

test('ranges that overlap or repeat each other count once', () => {
  const freeze = freezeOf([5, { blocks: [5, 1], epochs: [1, 2] }, { blocks: [1], epochs: [2, 3] }]);
  expect([1, 2, 3, 4].map((epoch) => frozenBlocksAt(freeze, epoch))).toEqual([[1, 5], [1, 5], [1, 5], [5]]);
  expect(refreezingEpochs(freeze, 4)).toEqual([4]);
});

test('a range that ends before it begins, and a group that VGG19 lacks, are refused', () => {
  expect(() => freezeOf([{ blocks: [1], epochs: [3, 1] }])).toThrow('the first epoch and the last one');
  expect(() => freezeOf([{ blocks: [6], epochs: [1, 3] }])).toThrow();
});

test('frozen groups may keep their batch normalisation in training', () => {
  const model = uNet({
    height: 32,
    width: 32,
    classes: 8,
    widthMultiplier: 1 / 32,
    freeze: [1],
    freezeBatchNorm: false,
  });
  const trainable = () => model.trainableWeights.map(({ originalName }) => originalName);
  expect(trainable()).not.toContain('block1_conv1/kernel');
  expect(trainable()).toContain('block1_conv1_bn/gamma');
  const mean = () => [...model.getLayer('block1_conv1_bn').getWeights()[2].dataSync()];
  const before = mean();
  tf.tidy(() => model.apply(tf.ones([2, 32, 32, 3]), { training: true }) as tf.Tensor);
  expect(mean()).not.toEqual(before);
  freezeBlocks(model, []);
  expect(trainable()).toContain('block1_conv1/kernel');
  model.dispose();
});
