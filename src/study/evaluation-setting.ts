import { type Dataset, scenesOf } from '../data/dataset';
import type { Experiment } from '../experiment/schema';

/** What a model is evaluated on, in words: data set, split, number of scenes, crop and resolution. */
export function describeSetting(
  dataset: Dataset,
  { size, limit }: Pick<Experiment['data'], 'size' | 'limit'>,
  { split, resolution, window, mirror }: Omit<Experiment['evaluation'], 'panels' | 'calibration'>,
): string {
  const { length } = scenesOf(dataset, split, limit[split]);
  const scenes = `${dataset.title}, ${split} split, ${length} scenes`;
  const views = mirror ? ', also in the mirror' : '';
  if (resolution === 'training') return `${scenes}, centre square resized to ${size}x${size}${views}`;
  const side = window.side === null ? 'the shorter side' : `${window.side} pixels`;
  if (window.whole)
    return `${scenes}, whole and in their own size, seen at once at the scale at which ${size} pixels are ${side}${views}`;
  return `${scenes}, whole and in their own size, seen at ${size}x${size} through windows of ${side} (overlap ${window.overlap})${views}`;
}
