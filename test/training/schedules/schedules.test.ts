import { expect, test } from 'bun:test';
import { dependsOnEpochs, learningRateAt, type ScheduleOptions } from '../../../src/training/schedules';
import { trainingOptionsSchema } from '../../../src/training/training-options';

/** Learning rates of epochs 1, 2, ..., of 1 at most; of each step where there are several. */
function rates(
  schedule: { name: ScheduleOptions['name'] } & Record<string, unknown>,
  epochs: number,
  steps = 1,
): number[] {
  const options = trainingOptionsSchema.parse({ epochs, learningRate: 1, learningRateDecay: 0.5, schedule });
  return Array.from({ length: epochs * steps }, (_, index) =>
    learningRateAt(options, Math.floor(index / steps) + 1, (index % steps) + 1, steps),
  );
}

function expectRates(found: number[], expected: number[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((rate, index) => {
    expect(rate).toBeCloseTo(expected[index], 10);
  });
}

test('exponential: halved after each epoch, or a root of it after each step', () => {
  expectRates(rates({ name: 'exponential' }, 3), [1, 0.5, 0.25]);
  expectRates(rates({ name: 'exponential' }, 2, 2), [1, 1, 0.5, 0.5]);
  expectRates(rates({ name: 'exponential', per: 'step' }, 2, 2), [1, Math.SQRT1_2, 0.5, Math.SQRT1_2 / 2]);
});

test('cosine: half of it', () => {
  // Of four epochs: cos 0°, 45°, 90°, 135°.
  const half = Math.SQRT1_2 / 2;
  expectRates(rates({ name: 'cosine' }, 4), [1, 0.5 + half, 0.5, 0.5 - half]);
  // The same between 1 and 0.2.
  expectRates(rates({ name: 'cosine', minimum: 0.2 }, 2), [1, 0.6]);
  expectRates(rates({ name: 'cosine', per: 'step' }, 2, 2), [1, 0.5 + half, 0.5, 0.5 - half]);
});

test('polynomial: what is left of the training, to a power', () => {
  expectRates(rates({ name: 'polynomial', power: 2 }, 4), [1, 0.5625, 0.25, 0.0625]);
  expectRates(rates({ name: 'polynomial' }, 2), [1, 0.5 ** 0.9]);
});

test('one cycle: from a 25th up, and down to next to nothing', () => {
  // The rise takes the first half: 0° and 90° up from 0.04; then 0° and 90° down to 0.000004.
  expectRates(rates({ name: 'one-cycle', rise: 0.5 }, 4), [0.04, 0.52, 1, (1 + 4e-6) / 2]);
});

test('a warm-up before any: evenly up, then the schedule has the epochs that are left', () => {
  expectRates(rates({ name: 'cosine', warmUp: 2 }, 4), [0.5, 1, 1, 0.5]);
  expectRates(rates({ name: 'cosine', warmUp: 1, per: 'step' }, 2, 4), [
    ...[0.25, 0.5, 0.75, 1],
    ...[1, 0.5 + Math.SQRT1_2 / 2, 0.5, 0.5 - Math.SQRT1_2 / 2],
  ]);
  expectRates(rates({ name: 'exponential', warmUp: 1 }, 3), [1, 1, 0.5]);
});

test('what depends on the number of epochs says so', () => {
  const depends = (name: string) => dependsOnEpochs(trainingOptionsSchema.parse({ schedule: { name } }));
  expect(['exponential', 'cosine', 'polynomial', 'one-cycle'].map(depends)).toEqual([false, true, true, true]);
});
