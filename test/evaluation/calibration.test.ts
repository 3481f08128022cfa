import { expect, test } from 'bun:test';
import { addedBins, confidenceBins, expectedCalibrationError } from '../../src/evaluation/calibration';

test('pixels are counted by how sure the model was of what it said', () => {
  const truth = [0, 1, 1, 255];
  const probabilities = [0.95, 0.05, 0.55, 0.45, 0.1, 0.9, 0.5, 0.5];
  // Sure by 0.95 and right, by 0.55 and wrong, by 0.9 and right; the last pixel has no class.
  const bins = confidenceBins(truth, probabilities, 2, 10);
  expect(bins[9]).toEqual({ pixels: 2, right: 2, confidence: 0.95 + 0.9 });
  expect(bins[5]).toEqual({ pixels: 1, right: 0, confidence: 0.55 });
  expect(bins.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(3);
  // |2 - 1.85| + |0 - 0.55|, of 3 pixels.
  expect(expectedCalibrationError(bins)).toBeCloseTo(0.7 / 3, 12);
});

test('a probability of 1 belongs to the last bin', () => {
  expect(confidenceBins([0], [1, 0], 2, 15)[14].pixels).toBe(1);
});

test('a model that is right as often as it says has no error', () => {
  // Four pixels, sure by 0.75 each, three of them right.
  const bins = confidenceBins([0, 0, 0, 1], [0.75, 0.25, 0.75, 0.25, 0.75, 0.25, 0.75, 0.25], 2);
  expect(expectedCalibrationError(bins)).toBe(0);
});

test('scenes add up', () => {
  const first = confidenceBins([0], [0.8, 0.2], 2);
  const both = addedBins(first, confidenceBins([1], [0.8, 0.2], 2));
  expect(both[12]).toEqual({ pixels: 2, right: 1, confidence: 1.6 });
  expect(expectedCalibrationError([])).toBeNaN();
});
