import { type ClassSet, IGNORED } from '../data/classes/class-set';
import { type CounterfactualSample, heightOf } from '../data/counterfactual-samples';
import type { PreprocessingName } from '../data/preprocessing';
import type { SampleSource } from '../data/sample-source';
import { predictions } from '../evaluation/predictions';
import type { Execution } from '../tensorflow/execution';
import type { tf } from '../tensorflow/tensorflow';

/** How well the changed thing was found, over all scenes with that change. */
export interface ChangeRecall {
  /** Mean height of the thing in the samples that show it, in pixels. */
  height: number;
  /** Samples that show it. */
  things: number;
  /** Share of its pixels that were predicted as the class of their label, 0 to 1; pixels that are ignored do not count. */
  recall: number;
}

/**
 * What a model makes of the same thing in the same scenes, changed again and again.
 *
 * @returns one for each change
 */
export async function recallByChange(
  model: tf.LayersModel,
  samples: readonly CounterfactualSample[],
  options: { classSet: ClassSet; preprocessing: PreprocessingName; execution: Execution; mirror?: boolean },
): Promise<ChangeRecall[]> {
  const source: SampleSource = { length: samples.length, read: async (index) => samples[index] };
  const counts: { heights: number; things: number; pixels: number; found: number }[] = [];
  const { classOfLabelId } = options.classSet;
  let index = 0;
  for await (const { predictedGroups } of predictions(model, source, options)) {
    const { subject, change, labelIds } = samples[index];
    counts[change] ??= { heights: 0, things: 0, pixels: 0, found: 0 };
    const count = counts[change];
    const height = heightOf(subject);
    if (height > 0) count.things += 1;
    count.heights += height;
    subject.forEach((inside, pixel) => {
      const right = classOfLabelId[labelIds[pixel]];
      if (!inside || right === IGNORED) return;
      count.pixels += 1;
      if (predictedGroups[pixel] === right) count.found += 1;
    });
    index += 1;
  }
  return counts.map(({ heights, things, pixels, found }) => ({
    height: heights / things,
    things,
    recall: found / pixels,
  }));
}
