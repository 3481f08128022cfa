import type { ConfusionMatrix } from '../../src/evaluation/confusion-matrix';
import { metrics } from '../../src/evaluation/metrics';

/**
 * IoU of each group, weighted by how many true pixels the group has (Long, Shelhamer & Darrell 2015): 0 to 1, and not as
 * easily pulled down by what is rare as the mean.
 */
export function frequencyWeightedIou(matrix: ConfusionMatrix): number {
  const present = metrics(matrix).groups.filter(({ pixels }) => pixels > 0);
  const pixels = present.reduce((sum, group) => sum + group.pixels, 0);
  return present.reduce((sum, group) => sum + group.iou * group.pixels, 0) / pixels;
}
