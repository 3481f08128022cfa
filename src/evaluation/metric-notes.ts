import type { Convention } from './confusion-matrix';

/** What each metric counts, in one line for the reader of a figure or table. */
export const CONVENTION_NOTES: Readonly<Record<Convention, string>> = {
  'groups-8': 'Every pixel counts, by its group; void is a group like the others',
  'official-7': 'The category IoU of cityscapesScripts: only pixels whose true label it evaluates count',
};
