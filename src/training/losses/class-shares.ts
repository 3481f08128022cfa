import { classPixels } from '../../data/class-distribution';
import type { SampleSource } from '../../data/sample-source';

/** How often classes occur in a training split. */
export interface ClassShares {
  /** Pixels of each class among all that count, 0 to 1. */
  ofAll: number[];
  /** Pixels of each class among those of the samples in which it occurs, 0 to 1. */
  wherePresent: number[];
}

/**
 * @param classOfLabelId class of each label id; one that is not below `classes` does not count
 * @returns shares over all samples, as they are without augmentation
 */
export async function classShares(
  source: SampleSource,
  classOfLabelId: Uint8Array,
  classes: number,
): Promise<ClassShares> {
  const pixels = new Float64Array(classes);
  const besides = new Float64Array(classes);
  for (let index = 0; index < source.length; index += 1) {
    const own = classPixels(await source.read(index), classOfLabelId, classes);
    const total = own.reduce((sum, count) => sum + count, 0);
    own.forEach((count, place) => {
      pixels[place] += count;
      besides[place] += count > 0 ? total : 0;
    });
  }
  const total = pixels.reduce((sum, count) => sum + count, 0);
  const share = (count: number, of: number) => (of > 0 ? count / of : 0);
  return {
    ofAll: [...pixels].map((count) => share(count, total)),
    wherePresent: [...pixels].map((count, place) => share(count, besides[place])),
  };
}
