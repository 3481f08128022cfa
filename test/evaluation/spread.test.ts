import { expect, test } from 'bun:test';
import { type Metrics, metrics } from '../../src/evaluation/metrics';
import { meanMetrics, spread } from '../../src/evaluation/spread';
import { GROUP_NAMES } from '../../src/labels';
import { groupIouFigure } from '../../src/report/figures/group-iou';
import { validationLossFigure } from '../../src/report/figures/validation-loss';
import { meanHistory } from '../../src/study/mean-history';
import { type MetricsReport, metricsCsv, metricsJson, metricsMarkdown } from '../../src/study/metrics-files';
import type { EpochRecord } from '../../src/training/history';

/** Void and flat alone: of ten pixels of each, so many flat ones are right and the others taken for void. */
function scores(rightFlat: number): Metrics {
  const counts = new Float64Array(64);
  counts[0] = 10;
  counts[8] = 10 - rightFlat;
  counts[9] = rightFlat;
  return metrics({ metric: 'groups-8', classes: GROUP_NAMES, counts });
}

const history = (...losses: number[]): EpochRecord[] =>
  losses.map((validationLoss, index) => ({
    epoch: index + 1,
    learningRate: 0.001,
    trainingLoss: 1,
    validationLoss,
    validationAccuracy: 0.5,
    seconds: 2,
    best: true,
  }));

test('mean and sample deviation; values that do not exist have no part in them', () => {
  // 1, 2, 6: mean 3, squares 4 + 1 + 9 = 14, divided by 2.
  expect(spread([1, 2, Number.NaN, 6])).toEqual({ mean: 3, deviation: Math.sqrt(7) });
  expect(spread([5])).toEqual({ mean: 5, deviation: Number.NaN });
  expect(spread([Number.NaN]).mean).toBeNaN();
});

test('scores are averaged one by one, the mean IoU too', () => {
  // Flat: 5 of 10 and 10 of 10. Void: 10 of 15 and 10 of 10.
  const mean = meanMetrics([scores(5), scores(10)]);
  expect(mean.groups[1].iou).toBe(0.75);
  expect(mean.groups[0].iou).toBeCloseTo((10 / 15 + 1) / 2, 12);
  expect(mean.meanIou).toBeCloseTo((0.75 + (10 / 15 + 1) / 2) / 2, 12);
  expect(mean.groups[2].iou).toBeNaN();
  expect(mean.groups[1].pixels).toBe(10);
});

test('the mean curve ends where the shortest does, and its best epochs are its own', () => {
  const mean = meanHistory([history(1, 0.5, 0.9), history(0.6, 0.7)]);
  expect(mean.map(({ validationLoss }) => validationLoss)).toEqual([0.8, 0.6]);
  expect(meanHistory([history(1, 2, 0.5)]).map(({ best }) => best)).toEqual([true, false, true]);
});

const seeds = [5, 10].map((right, index) => ({ seed: index + 1, metrics: [scores(right)] }));
const report: MetricsReport = {
  setting: 'CamVid',
  models: [{ model: 'Base', metrics: [meanMetrics(seeds.map((each) => each.metrics[0]))], seeds }],
};

test('files tell mean and deviation, and every seed', () => {
  // Pixel accuracy: 15 of 20 and 20 of 20, so 0.875 and a deviation of 0.125 x √2.
  expect(metricsMarkdown(report)).toContain('| Base  | groups-8 |     2 | 0.875 ± 0.177 |');
  expect(metricsMarkdown(report)).toContain('mean ± sample standard deviation');
  const [header, ...rows] = metricsCsv(report).split('\n');
  expect(header).toStartWith('model,seed,metric,pixel_accuracy');
  expect(rows.map((row) => row.split(',').slice(0, 4))).toEqual([
    ['Base', '1', 'groups-8', '0.75'],
    ['Base', '2', 'groups-8', '1'],
    [''],
  ]);
  expect(JSON.parse(metricsJson(report)).models[0].seeds).toHaveLength(2);
});

test('figures show the seeds: a band behind their mean, rings, whiskers', () => {
  const both = [history(1, 0.4), history(0.8, 0.6)];
  const [lowest, highest, mean, best] = validationLossFigure([
    { label: 'Base', pretrained: false, history: meanHistory(both), seeds: both },
  ]).data;
  expect([lowest.y, highest.y, mean.y]).toEqual([
    [0.8, 0.4],
    [1, 0.6],
    [0.9, 0.5],
  ]);
  expect([lowest.fill, highest.fill]).toEqual([undefined, 'tonexty']);
  expect(best.y).toEqual([0.4, 0.6]);

  const [bars] = groupIouFigure([
    { label: 'Base', pretrained: false, metrics: report.models[0].metrics[0], seeds: [scores(5), scores(10)] },
  ]).data;
  expect((bars.error_y as { array: number[] }).array[1]).toBeCloseTo(Math.SQRT1_2 / 2, 12); // 0.5 and 1
});
