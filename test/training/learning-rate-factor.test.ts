import { expect, test } from 'bun:test';
import { learningRateFactor } from '../../src/training/learning-rate-factor';

test('the groups that were taken over learn at a tenth, batch normalisation with them, all else as usual', () => {
  const factor = (layer: string) => learningRateFactor(layer, { weights: 'vgg19-imagenet', blocks: [1, 2] }, 0.1);
  expect(['block1_conv1', 'block2_conv2_bn'].map(factor)).toEqual([0.1, 0.1]);
  expect(['block3_conv1', 'bottleneck_conv1', 'up1_conv1', 'skip1_bn', 'logits'].map(factor)).toEqual([1, 1, 1, 1, 1]);
});

test('without weights there is nothing taken over', () => {
  expect(learningRateFactor('block1_conv1', { weights: null, blocks: [1, 2] }, 0.1)).toBe(1);
});
