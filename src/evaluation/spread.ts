import type { Metrics } from './metrics';

/** A model is evaluated by several runs that differ in their seed alone: their mean, and how far they lie apart. */
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

/** Each score averaged over the seeds, all by one metric; a group that is absent (NaN) from a seed has no part in its mean. */
export function meanMetrics(seeds: readonly Metrics[]): Metrics {
  const mean = (score: (metrics: Metrics) => number) => spread(seeds.map(score)).mean;
  const [{ metric, groups }] = seeds;
  return {
    metric,
    pixelAccuracy: mean((each) => each.pixelAccuracy),
    meanClassAccuracy: mean((each) => each.meanClassAccuracy),
    meanIou: mean((each) => each.meanIou),
    groups: groups.map(({ group }, index) => {
      const of = (key: 'iou' | 'accuracy' | 'pixels') => mean((each) => each.groups[index][key]);
      return { group, iou: of('iou'), accuracy: of('accuracy'), pixels: of('pixels') };
    }),
  };
}
