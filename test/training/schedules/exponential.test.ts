import { expect, test } from 'bun:test';
import { learningRateAt, learningRateFactor } from '../../../src/training/schedules/exponential';

test('0.001, then times 0.95 after each epoch', () => {
  const settings = { learningRate: 0.001, learningRateDecay: 0.95 };
  expect(learningRateAt(settings, 1)).toBe(0.001);
  expect(learningRateAt(settings, 3)).toBeCloseTo(0.001 * 0.95 * 0.95, 12);
});

test('the groups that were taken over learn at a tenth, batch normalisation with them, all else as usual', () => {
  const factor = (layer: string) => learningRateFactor(layer, { weights: 'vgg19-imagenet', blocks: [1, 2] }, 0.1);
  expect(['block1_conv1', 'block2_conv2_bn'].map(factor)).toEqual([0.1, 0.1]);
  expect(['block3_conv1', 'bottleneck_conv1', 'up1_conv1', 'skip1_bn', 'logits'].map(factor)).toEqual([1, 1, 1, 1, 1]);
});

test('without weights there is nothing taken over', () => {
  expect(learningRateFactor('block1_conv1', { weights: null, blocks: [1, 2] }, 0.1)).toBe(1);
});
