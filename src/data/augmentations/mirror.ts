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
  const turned = image.slice();
  for (let pixel = 0; pixel < image.length / 3; pixel += 1) {
    const from = opposite(pixel, width) * 3;
    for (let channel = 0; channel < 3; channel += 1) turned[pixel * 3 + channel] = image[from + channel];
  }
  return {
    ...sample,
    image: turned,
    labelIds: labelIds.length === 1 ? labelIds : labelIds.map((_, pixel) => labelIds[opposite(pixel, width)]),
  };
}

/** Index of the pixel that mirroring left to right brings to `pixel`. */
function opposite(pixel: number, width: number): number {
  const column = pixel % width;
  return pixel - column + (width - 1 - column);
}
