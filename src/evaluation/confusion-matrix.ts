import { GROUP_NAMES, LABELS } from '../labels';
import type { LabelCounts } from './label-counts';

/**
 * The two ways of judging, always named:
 * - `groups-8`: every pixel counts, mapped by its label's group; void is a class like the others;
 * - `official-7`: what cityscapesScripts prints as category IoU. Only pixels whose true label it evaluates count, so
 *   void truth costs nothing, while void predicted on a valid pixel is a miss.
 */
export const CONVENTIONS = ['groups-8', 'official-7'] as const;
export type Convention = (typeof CONVENTIONS)[number];

export interface ConfusionMatrix {
  readonly convention: Convention;
  /** Names of the rows (truth) and columns (prediction). */
  readonly classes: readonly string[];
  /** Row-major pixel counts: `counts[truth * classes.length + prediction]`. */
  readonly counts: Float64Array;
}

/** @returns the 8x8 confusion matrix of a convention; under `official-7` the row of void stays empty. */
export function confusionMatrix(labelCounts: LabelCounts, convention: Convention): ConfusionMatrix {
  const size = GROUP_NAMES.length;
  const counts = new Float64Array(size * size);
  for (const label of LABELS) {
    if (label.id < 0 || (convention === 'official-7' && label.ignoreInEvaluation)) continue;
    const row = GROUP_NAMES.indexOf(label.group);
    for (let column = 0; column < size; column += 1)
      counts[row * size + column] += labelCounts.counts[label.id * size + column];
  }
  return { convention, classes: GROUP_NAMES, counts };
}
