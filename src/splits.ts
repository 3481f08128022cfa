/** The parts of a data set: what a model learns from, what says which epoch was best, and what is kept for the end. */
export const SPLIT_NAMES = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/** @returns one value for each split, by its name */
export function perSplit<T>(make: (split: SplitName) => T): Record<SplitName, T> {
  return Object.fromEntries(SPLIT_NAMES.map((split) => [split, make(split)])) as Record<SplitName, T>;
}
