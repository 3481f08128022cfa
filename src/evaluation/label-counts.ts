import type { ClassSet } from '../data/classes/class-set';

/**
 * Counts of (true label id, predicted class) pairs, gathered pixel by pixel over a whole split. All metrics are read off
 * this one table: the true side keeps the full label id, because what the official metric ignores is decided by label,
 * not by class.
 */
export class LabelCounts {
  private readonly labels: number;
  private readonly classes: number;
  /** `counts[labelId * classes + class]`; of Cityscapes' labels and their groups 34 x 8. */
  readonly counts: Float64Array;

  constructor({ classOfLabelId, classes }: Pick<ClassSet, 'classOfLabelId' | 'classes'>) {
    this.labels = classOfLabelId.length;
    this.classes = classes.length;
    this.counts = new Float64Array(this.labels * this.classes);
  }

  /**
   * @param labelIds true label id of each pixel
   * @param predicted class index of each pixel, in the same order
   * @throws RangeError when the lengths differ or a value is out of range
   */
  add(labelIds: ArrayLike<number>, predicted: ArrayLike<number>): void {
    if (labelIds.length !== predicted.length)
      throw new RangeError(`${labelIds.length} true pixels against ${predicted.length} predicted ones`);
    const { counts, labels, classes } = this;
    for (let pixel = 0; pixel < labelIds.length; pixel += 1) {
      const labelId = labelIds[pixel];
      const found = predicted[pixel];
      if (labelId >= labels || found >= classes)
        throw new RangeError(`pixel ${pixel}: label id ${labelId} or class ${found} is out of range`);
      counts[labelId * classes + found] += 1;
    }
  }

  /** Adds what another table counted. */
  merge(other: LabelCounts): void {
    other.counts.forEach((count, index) => {
      this.counts[index] += count;
    });
  }
}
