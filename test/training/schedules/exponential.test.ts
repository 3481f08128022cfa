import { expect, test } from 'bun:test';
import { dependsOnEpochs, learningRateAt } from '../../../src/training/schedules';
import { trainingOptionsSchema } from '../../../src/training/training-options';

test('0.001, then times 0.95 after each epoch', () => {
  const settings = trainingOptionsSchema.parse({});
  expect(learningRateAt(settings, 1)).toBe(0.001);
  expect(learningRateAt(settings, 3)).toBeCloseTo(0.001 * 0.95 * 0.95, 12);
  expect(dependsOnEpochs(settings)).toBe(false);
});
