import type { GroupScore, Metrics } from '../evaluation/metrics';
import type { EpochRecord } from '../training/history';

/** A model is judged by several runs that differ in their seed alone: their mean, and how far they lie apart. */
export interface Spread {
  mean: number;
  /** Sample standard deviation (divided by n - 1); NaN for fewer than two numbers. */
  deviation: number;
}

/** @returns mean and deviation of the values that are numbers; NaN when none is. */
export function spread(values: readonly number[]): Spread {
  const numbers = values.filter((value) => !Number.isNaN(value));
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: numbers.length > 1 ? Math.sqrt(squares / (numbers.length - 1)) : Number.NaN };
}

/** Each score averaged over the seeds, all of one convention; a group that is absent (NaN) from a seed has no part in its mean. */
export function meanMetrics(seeds: readonly Metrics[]): Metrics {
  const mean = (score: (metrics: Metrics) => number) => spread(seeds.map(score)).mean;
  const [{ convention, groups }] = seeds;
  return {
    convention,
    pixelAccuracy: mean((each) => each.pixelAccuracy),
    meanClassAccuracy: mean((each) => each.meanClassAccuracy),
    meanIou: mean((each) => each.meanIou),
    groups: groups.map((_, index) => {
      const of = (key: 'iou' | 'accuracy' | 'pixels') => mean((each) => each.groups[index][key]);
      const score: GroupScore = {
        group: groups[index].group,
        iou: of('iou'),
        accuracy: of('accuracy'),
        pixels: of('pixels'),
      };
      return score;
    }),
  };
}

/** The epochs that all seeds went through, each averaged; `best` marks the lowest mean validation loss so far. */
export function meanHistory(seeds: readonly (readonly EpochRecord[])[]): EpochRecord[] {
  const epochs = Math.min(...seeds.map((history) => history.length));
  let lowest = Number.POSITIVE_INFINITY;
  return Array.from({ length: epochs }, (_, index) => {
    const mean = (key: 'learningRate' | 'trainingLoss' | 'validationLoss' | 'validationAccuracy' | 'seconds') =>
      spread(seeds.map((history) => history[index][key])).mean;
    const validationLoss = mean('validationLoss');
    const best = validationLoss < lowest;
    lowest = Math.min(lowest, validationLoss);
    return {
      epoch: seeds[0][index].epoch,
      learningRate: mean('learningRate'),
      trainingLoss: mean('trainingLoss'),
      validationLoss,
      validationAccuracy: mean('validationAccuracy'),
      seconds: mean('seconds'),
      best,
    };
  });
}
