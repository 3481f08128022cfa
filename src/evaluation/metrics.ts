import type { ConfusionMatrix } from './confusion-matrix';
import type { MetricName } from './metric';

export interface GroupScore {
  group: string;
  /** Intersection over union, 0 to 1; NaN for a group that neither truth nor prediction holds. */
  iou: number;
  /** Share of the group's true pixels that were found, 0 to 1; NaN when it has none. */
  accuracy: number;
  /** True pixels of the group. */
  pixels: number;
}

export interface Metrics {
  metric: MetricName;
  pixelAccuracy: number;
  /** Mean over the groups that have true pixels. */
  meanClassAccuracy: number;
  /** Mean over the groups whose IoU is a number. */
  meanIou: number;
  groups: GroupScore[];
}

/** Scores of a metric's confusion matrix. */
export function metrics(matrix: ConfusionMatrix): Metrics {
  const { unscored = [] } = matrix;
  const groups = matrix.classes
    .map((_, index) => groupScore(matrix, index))
    .filter((score) => !unscored.includes(score.group));
  const total = sum(matrix.counts);
  const correct = matrix.classes.reduce((trace, _, index) => trace + at(matrix, index, index), 0);
  return {
    metric: matrix.metric,
    pixelAccuracy: correct / total,
    meanClassAccuracy: meanOfNumbers(groups.map((score) => score.accuracy)),
    meanIou: meanOfNumbers(groups.map((score) => score.iou)),
    groups,
  };
}

function groupScore(matrix: ConfusionMatrix, index: number): GroupScore {
  const others = matrix.classes.map((_, other) => other);
  const truth = sum(others.map((column) => at(matrix, index, column)));
  const predicted = sum(others.map((row) => at(matrix, row, index)));
  const intersection = at(matrix, index, index);
  return {
    group: matrix.classes[index],
    iou: intersection / (truth + predicted - intersection),
    accuracy: intersection / truth,
    pixels: truth,
  };
}

function at(matrix: ConfusionMatrix, row: number, column: number): number {
  return matrix.counts[row * matrix.classes.length + column];
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

/** The IoU of a group; NaN, too, for one that the metric leaves out. */
export function iouOf({ groups }: Metrics, group: string): number {
  return groups.find((score) => score.group === group)?.iou ?? Number.NaN;
}

/** Mean of the values that are numbers; NaN when none is. */
export function meanOfNumbers(values: readonly number[]): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return sum(numbers) / numbers.length;
}
