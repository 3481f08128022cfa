import { GROUP_NAMES, MAXIMUM_LABEL_ID } from '../labels';

/**
 * Counts of (true label id, predicted group) pairs, gathered pixel by pixel over a whole split. Both metrics are read
 * off this one table: the true side keeps the full label id, because what the official metric ignores is decided by
 * label, not by group.
 */
export class LabelCounts {
  /** `counts[labelId * groups + group]`; 34 x 8. */
  readonly counts = new Float64Array((MAXIMUM_LABEL_ID + 1) * GROUP_NAMES.length);

  /**
   * @param labelIds true label id of each pixel, 0 to 33
   * @param groups predicted group index of each pixel, 0 to 7, in the same order
   * @throws RangeError when the lengths differ or a value is out of range
   */
  add(labelIds: ArrayLike<number>, groups: ArrayLike<number>): void {
    if (labelIds.length !== groups.length)
      throw new RangeError(`${labelIds.length} true pixels against ${groups.length} predicted ones`);
    const width = GROUP_NAMES.length;
    for (let pixel = 0; pixel < labelIds.length; pixel += 1) {
      const labelId = labelIds[pixel];
      const group = groups[pixel];
      if (labelId > MAXIMUM_LABEL_ID || group >= width)
        throw new RangeError(`pixel ${pixel}: label id ${labelId} or group ${group} is out of range`);
      this.counts[labelId * width + group] += 1;
    }
  }

  /** Adds what another table counted. */
  merge(other: LabelCounts): void {
    other.counts.forEach((count, index) => {
      this.counts[index] += count;
    });
  }

  /** Number of pixels counted. */
  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }
}
