import { spread } from '../evaluation/spread';
import type { EpochRecord } from '../training/history';

const AVERAGED = ['learningRate', 'trainingLoss', 'validationLoss', 'validationAccuracy', 'seconds'] as const;

/** The epochs that all seeds went through, each averaged; `best` marks the lowest mean validation loss so far. */
export function meanHistory(seeds: readonly (readonly EpochRecord[])[]): EpochRecord[] {
  const epochs = Math.min(...seeds.map((history) => history.length));
  let lowest = Number.POSITIVE_INFINITY;
  return Array.from({ length: epochs }, (_, index) => {
    const means = AVERAGED.map((key) => [key, spread(seeds.map((history) => history[index][key])).mean]);
    const averaged: Record<(typeof AVERAGED)[number], number> = Object.fromEntries(means);
    const best = averaged.validationLoss < lowest;
    lowest = Math.min(lowest, averaged.validationLoss);
    return { epoch: seeds[0][index].epoch, ...averaged, best };
  });
}
