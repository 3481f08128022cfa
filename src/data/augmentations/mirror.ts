import { z } from 'zod';
import type { Sample } from '../prepare-scene';
import type { Augmentation } from './augmentation';

const options = z.strictObject({
  /** Share of the samples that are mirrored left to right. */
  probability: z.number().min(0).max(1).default(0.5),
});

export const mirror = {
  stream: 'flips',
  options,
  draw: (random, { probability }) => (random.chance(probability) ? mirrored : (sample) => sample),
} satisfies Augmentation<z.infer<typeof options>>;

/** A sample left to right. The label of a crop has no left or right. */
function mirrored(sample: Sample): Sample {
  const { image, labelIds, width } = sample;
  return {
    ...sample,
    image: leftToRight(image, width, 3),
    labelIds: labelIds.length === 1 ? labelIds : leftToRight(labelIds, width, 1),
  };
}

/** @param values [height, width, channels] */
function leftToRight(values: Uint8Array, width: number, channels: number): Uint8Array {
  const result = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row += width * channels)
    for (let column = 0; column < width; column += 1) {
      const target = row + column * channels;
      const source = row + (width - 1 - column) * channels;
      for (let channel = 0; channel < channels; channel += 1) result[target + channel] = values[source + channel];
    }
  return result;
}
