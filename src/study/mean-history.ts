import { spread } from '../evaluation/spread';
import type { EpochRecord } from '../training/history';

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
