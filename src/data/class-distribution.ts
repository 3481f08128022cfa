import type { ClassOfSet, ClassSet } from './classes/class-set';
import type { Sample } from './prepare-scene';
import type { SampleSource } from './sample-source';

/** How common a class is. */
export interface ClassShare extends ClassOfSet {
  pixels: number;
  /** Of all pixels that count, 0 to 1. */
  share: number;
  /** In how many scenes the class occurs. */
  scenes: number;
}

/**
 * Counts the pixels of each class in a sample.
 *
 * @param classOfLabelId class of each label id; one that is not below `classes` does not count
 * @returns [classes]
 */
export function classPixels({ labelIds }: Sample, classOfLabelId: Uint8Array, classes: number): Float64Array {
  const counts = new Float64Array(256);
  for (const labelId of labelIds) counts[classOfLabelId[labelId]] += 1;
  return counts.subarray(0, classes);
}

/** Counts the pixels of each class over all samples of a source; those that the set ignores do not count. */
export async function classDistribution(
  source: SampleSource,
  { classes, classOfLabelId }: ClassSet,
): Promise<ClassShare[]> {
  const pixels = new Float64Array(classes.length);
  const scenes = new Float64Array(classes.length);
  for (let index = 0; index < source.length; index += 1) {
    classPixels(await source.read(index), classOfLabelId, classes.length).forEach((count, place) => {
      pixels[place] += count;
      scenes[place] += count > 0 ? 1 : 0;
    });
  }
  const total = pixels.reduce((sum, count) => sum + count, 0);
  return classes.map((each, index) => ({
    ...each,
    pixels: pixels[index],
    share: pixels[index] / total,
    scenes: scenes[index],
  }));
}

/** How common the classes are in a split. */
export interface SplitShares {
  /** Name of the split or data set. */
  label: string;
  /** What {@link classDistribution} counted. */
  shares: readonly Pick<ClassShare, 'name' | 'color' | 'share'>[];
}
