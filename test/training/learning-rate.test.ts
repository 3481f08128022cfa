import { expect, test } from 'bun:test';
import { experimentSchema } from '../../src/experiment/schema';
import { learningRateAt, learningRateMultiplier } from '../../src/training/learning-rate';

const experiment = (encoder: object) =>
  experimentSchema.parse({
    name: 'x',
    notebooks: ['x.ipynb'],
    model: { encoder },
    training: { encoderLearningRate: 0.1 },
  });

test('0.001, then times 0.95 after each epoch', () => {
  const { training } = experiment({});
  expect(learningRateAt(training, 1)).toBe(0.001);
  expect(learningRateAt(training, 3)).toBeCloseTo(0.001 * 0.95 * 0.95, 12);
});

test('the groups that were taken over learn at a tenth, batch normalisation with them, all else as usual', () => {
  const pretrained = experiment({ weights: 'vgg19-imagenet', blocks: [1, 2] });
  const multiplier = (layer: string) => learningRateMultiplier(layer, pretrained);
  expect(['block1_conv1', 'block2_conv2_bn'].map(multiplier)).toEqual([0.1, 0.1]);
  expect(['block3_conv1', 'bottleneck_conv1', 'up1_conv1', 'logits'].map(multiplier)).toEqual([1, 1, 1, 1]);
});

test('without weights there is nothing taken over', () => {
  expect(learningRateMultiplier('block1_conv1', experiment({}))).toBe(1);
});
