import { GROUP_NAMES, type GroupName, groupIndexByLabelId } from '../labels';
import type { SampleSource } from './sample-source';

export interface GroupShare {
  group: GroupName;
  pixels: number;
  /** Of all pixels, 0 to 1. */
  share: number;
  /** In how many scenes the group occurs. */
  scenes: number;
}

/** Counts the pixels of each group over all samples of a source. */
export async function classDistribution(source: SampleSource): Promise<GroupShare[]> {
  const groupOf = groupIndexByLabelId();
  const pixels = new Float64Array(GROUP_NAMES.length);
  const scenes = new Float64Array(GROUP_NAMES.length);
  for (let index = 0; index < source.length; index += 1) {
    const { labelIds } = await source.read(index);
    const counts = new Float64Array(GROUP_NAMES.length);
    for (const labelId of labelIds) counts[groupOf[labelId]] += 1;
    counts.forEach((count, group) => {
      pixels[group] += count;
      scenes[group] += count > 0 ? 1 : 0;
    });
  }
  const total = pixels.reduce((sum, count) => sum + count, 0);
  return GROUP_NAMES.map((group, index) => ({
    group,
    pixels: pixels[index],
    share: pixels[index] / total,
    scenes: scenes[index],
  }));
}
