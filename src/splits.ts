/** The parts of a data set: what a model learns from, what says which epoch was best, and what is kept for the end. */
export const SPLIT_NAMES = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];
