import { IGNORED } from '../data/classes/class-set';
import type { LabelCounts } from './label-counts';
import type { Metric, MetricName } from './metric';

export interface ConfusionMatrix {
  readonly metric: MetricName;
  /** Names of the rows (truth) and columns (prediction). */
  readonly classes: readonly string[];
  /** Row-major pixel counts: `counts[truth * classes.length + prediction]`. */
  readonly counts: Float64Array;
  /** Classes that have no score of their own. */
  readonly unscored?: readonly string[];
}

/** @returns the confusion matrix of a metric, such as 8x8; under `official-7` the row of void stays empty. */
export function confusionMatrix(labelCounts: LabelCounts, metric: Metric): ConfusionMatrix {
  const { name, classes, rowOfLabelId, columnOfClass, unscored } = metric;
  const counts = new Float64Array(classes.length ** 2);
  rowOfLabelId.forEach((row, labelId) => {
    if (row === IGNORED) return;
    columnOfClass.forEach((column, predicted) => {
      counts[row * classes.length + column] += labelCounts.counts[labelId * columnOfClass.length + predicted];
    });
  });
  return { metric: name, classes, counts, unscored };
}
