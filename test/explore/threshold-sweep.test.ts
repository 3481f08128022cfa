import { expect, test } from 'bun:test';
import { ThresholdSweep, thresholdScores } from '../../src/explore/threshold-sweep';

test('precision, recall and IoU follow from how many pixels reach each threshold', () => {
  // Steps of a quarter. Of the class 1 pixel stays below 0.25, 1 below 0.5, 2 reach 0.75; of others 6, 2, 1 and 1.
  const scores = thresholdScores(Float64Array.of(1, 1, 0, 2), Float64Array.of(6, 2, 1, 1));
  expect(scores).toEqual([
    { threshold: 0.25, precision: 3 / 7, recall: 3 / 4, iou: 3 / 8 },
    { threshold: 0.5, precision: 2 / 4, recall: 2 / 4, iou: 2 / 6 },
    { threshold: 0.75, precision: 2 / 3, recall: 2 / 4, iou: 2 / 5 },
  ]);
  expect(new ThresholdSweep('human', scores, '').best.threshold).toBe(0.75);
});
