import { describe, expect, test } from 'bun:test';
import { classSet } from '../../../src/data/classes';
import type { ConfusionMatrix } from '../../../src/evaluation/confusion-matrix';
import { metrics } from '../../../src/evaluation/metrics';
import { GROUP_NAMES } from '../../../src/labels';
import { classDistributionFigure } from '../../../src/report/figures/class-distribution';
import { confusionMatrixFigure, rowShares } from '../../../src/report/figures/confusion-matrix';
import { modelStyles } from '../../../src/report/figures/figure';
import { groupIouFigure } from '../../../src/report/figures/group-iou';
import { learningRateFigure } from '../../../src/report/figures/learning-rate';
import { validationLossFigure } from '../../../src/report/figures/validation-loss';
import type { EpochRecord } from '../../../src/training/history';
import { trainingOptionsSchema } from '../../../src/training/training-options';

const record = (epoch: number, validationLoss: number): EpochRecord => ({
  epoch,
  learningRate: 0.001,
  trainingLoss: validationLoss / 2,
  validationLoss,
  validationAccuracy: 0.5,
  seconds: 1,
  best: false,
});

test('the base model is pink, the pre-trained one red, and they differ in dash, marker and pattern', () => {
  const [base, pretrained] = modelStyles([{ pretrained: false }, { pretrained: true }]);
  expect(base.color).toBe('#ff44aa');
  expect(pretrained.color).toBe('#d00000');
  for (const key of ['dash', 'symbol', 'pattern'] as const) expect(base[key]).not.toBe(pretrained[key]);
});

test('sixteen models of a kind are told apart, as lines and as bars', () => {
  const styles = modelStyles(Array(16).fill({ pretrained: false }));
  expect(new Set(styles.map(({ dash, symbol }) => `${dash} ${symbol}`)).size).toBe(16);
  expect(new Set(styles.map(({ color, pattern }) => `${color} ${pattern}`)).size).toBe(16);
});

test('the validation-loss figure draws each history and rings its lowest point', () => {
  const figure = validationLossFigure([
    { label: 'Base', pretrained: false, history: [record(1, 0.9), record(2, 0.4), record(3, 0.5)] },
    { label: 'Pre-trained', pretrained: true, history: [record(1, 0.6), record(2, 0.3), record(3, 0.2)] },
  ]);
  const [base, pretrained, baseBest, pretrainedBest] = figure.data;
  expect(figure.data).toHaveLength(4);
  expect([base.name, base.x, base.y]).toEqual(['Base', [1, 2, 3], [0.9, 0.4, 0.5]]);
  expect(pretrained.y).toEqual([0.6, 0.3, 0.2]);
  expect([baseBest.x, baseBest.y]).toEqual([[2], [0.4]]);
  expect([pretrainedBest.x, pretrainedBest.y]).toEqual([[3], [0.2]]);
});

test('curves of different losses say that they are', () => {
  const subtitleOf = (...losses: string[]) =>
    JSON.stringify(
      validationLossFigure(losses.map((loss) => ({ label: loss, pretrained: false, loss, history: [record(1, 0.9)] })))
        .layout.title,
    );
  expect(subtitleOf('dice', 'focal')).toContain('different functions');
  expect(subtitleOf('dice', 'dice')).not.toContain('different functions');
});

test('after a single epoch the training loss is a point, since a line needs two', () => {
  const modeOf = (...history: EpochRecord[]) =>
    validationLossFigure([{ label: 'Base', pretrained: false, history }], { training: true }).data[0].mode;
  expect([modeOf(record(1, 0.9)), modeOf(record(1, 0.9), record(2, 0.5))]).toEqual(['markers', 'lines']);
});

test('the training loss can stand beside it, and is seen whole', () => {
  // Half the validation loss each: the axis reaches down to it.
  const history = [record(1, 0.9), record(2, 0.5), record(3, 0.4)];
  const { data, layout } = validationLossFigure([{ label: 'Base', pretrained: false, history }], { training: true });
  expect(data.map(({ name, y }) => [name, y])).toEqual([
    ['Base, training', [0.45, 0.25, 0.2]],
    ['Base, validation', [0.9, 0.5, 0.4]],
    ['Base, best', [0.4]],
  ]);
  expect((layout.yaxis as { range: [number, number] }).range[0]).toBeLessThan(0.2);
});

test('the learning rate holds for an epoch, or changes from step to step', () => {
  const options = trainingOptionsSchema.parse({ epochs: 2, learningRate: 0.5, learningRateDecay: 0.5 });
  const [perEpoch] = learningRateFigure(options, 4).data;
  expect([perEpoch.x, perEpoch.y]).toEqual([
    [0, 1, 2],
    [0.5, 0.25, 0.25],
  ]);
  const schedule = { ...options.schedule, name: 'polynomial', power: 1, per: 'step' } as const;
  const [perStep] = learningRateFigure({ ...options, schedule }, 2).data;
  expect([perStep.x, perStep.y]).toEqual([
    [0, 0.5, 1, 1.5, 2],
    [0.5, 0.375, 0.25, 0.125, 0.125],
  ]);
});

test('of equal losses the earliest is the lowest, and an empty history has none', () => {
  expect(validationLossFigure([{ label: 'Base', pretrained: false, history: [] }]).data).toHaveLength(1);
});

describe('the axis of the loss', () => {
  const rangeOf = (...losses: number[]) => {
    const history = losses.map((loss, index) => record(index + 1, loss));
    const { layout } = validationLossFigure([{ label: 'Base', pretrained: false, history }]);
    const { title } = layout as unknown as { title: { subtitle: { text: string } } };
    return { range: (layout.yaxis as { range: [number, number] }).range, subtitle: title.subtitle.text };
  };

  test('shows what differs in the end: an outlier of the first epoch is cut off, and the subtitle says so', () => {
    // After two of eight epochs from 0.4 to 0.3: a quarter of that above, and 8 % below.
    const { range, subtitle } = rangeOf(9, 0.5, 0.4, 0.35, 0.32, 0.31, 0.3, 0.3);
    expect(range[0]).toBeCloseTo(0.292, 6);
    expect(range[1]).toBeCloseTo(0.425, 6);
    expect(subtitle).toContain('up to 9.00');
  });

  test('shows all where nothing stands out', () => {
    const { range, subtitle } = rangeOf(0.6, 0.55, 0.5, 0.45, 0.4);
    expect(range[1]).toBeGreaterThan(0.6);
    expect(subtitle).not.toContain('Cut off');
  });

  test('does not blow up noise', () => {
    const { range } = rangeOf(0.501, 0.5, 0.5005, 0.5002);
    expect(range[1] - range[0]).toBeGreaterThan(0.05);
  });
});

/** Groups void and flat: 6 of 8 void pixels right, both flat pixels right; the other groups are absent. */
const counts = new Float64Array(64);
counts[0] = 6; // void, predicted void
counts[1] = 2; // void, predicted flat
counts[9] = 2; // flat, predicted flat
const matrix: ConfusionMatrix = { metric: 'groups-8', classes: GROUP_NAMES, counts };

test('the IoU figure shows 6/8 and 2/4, and a dash for groups that are absent', () => {
  const figure = groupIouFigure([{ label: 'Base', pretrained: false, metrics: metrics(matrix) }]);
  expect(figure.data[0].y).toEqual([0.75, 0.5, null, null, null, null, null, null]);
  expect((figure.data[0].text as string[]).slice(0, 3)).toEqual(['0.75', '0.50', '']);
  const dashes = figure.layout.annotations as { x: string; text: string }[];
  expect(dashes.map(({ x }) => x)).toEqual(GROUP_NAMES.slice(2));
  expect(figure.data[0].name).toBe('Base, mean 0.625');
});

test('of 19 classes the IoU figure speaks of classes, and of two models shows no numbers, which would touch', () => {
  const { classes } = classSet('cityscapes-19');
  const names = classes.map(({ name }) => name);
  const counts = Float64Array.from({ length: 19 * 19 }, (_, cell) => (cell % 20 === 0 ? 1 : 0));
  const model = {
    label: 'Base',
    pretrained: false,
    metrics: metrics({ metric: 'cityscapes-19', classes: names, counts }),
  };
  const [one, two] = [groupIouFigure([model]), groupIouFigure([model, model])];
  expect(JSON.stringify(one.layout)).toContain('IoU by class, cityscapes-19');
  expect([one, two].map(({ data }) => (data[0].text as string[])[0])).toEqual(['1.00', '']);
});

test('an IoU figure of two metrics at once is refused', () => {
  const one = metrics(matrix);
  const other = metrics({ ...matrix, metric: 'official-7' });
  const models = [one, other].map((entry) => ({ label: 'Base', pretrained: false, metrics: entry }));
  expect(() => groupIouFigure(models)).toThrow('one metric per figure');
});

test('the rows of the confusion matrix add up to one, and an empty row says so', () => {
  const shares = rowShares(matrix);
  expect(shares[0]).toEqual([0.75, 0.25, 0, 0, 0, 0, 0, 0]);
  expect(shares[1]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
  expect(shares[2]).toEqual(Array(8).fill(null));
  const notes = confusionMatrixFigure(matrix).layout.annotations as { y: string; text: string }[];
  expect(notes.map(({ y }) => y)).toEqual(GROUP_NAMES.slice(2));
});

test('the class distribution shows shares in the groups’ colours', () => {
  const shares = classSet('groups-8').classes.map((each, index) => ({
    ...each,
    share: [0.5, 0.3, 0.15, 0.04, 0.00995, 0.00005, 0, 0][index],
  }));
  const [bars] = classDistributionFigure([{ label: 'train', shares }]).data;
  expect(bars.text).toEqual(['50%', '30%', '15%', '4.0%', '1.0%', '<0.01%', '0', '0']);
  expect((bars.marker as { color: string[] }).color[1]).toBe('rgb(128, 64, 128)');
});
