import { z } from 'zod';
import type { Square } from '../picture';
import type { Sample } from '../prepare-scene';
import { nearest, resizedWindow } from '../resize';
import type { Augmentation } from './augmentation';

const share = z.number().positive().max(1);

/** A square somewhere in the picture instead of the one in its middle. Training scenes are prepared whole for it. */
const options = z.strictObject({
  /** Side of the square as a share of the picture's shorter side, the least and the greatest: each as likely. */
  scale: z
    .tuple([share, share])
    .refine(([least, greatest]) => least <= greatest, 'the least share and the greatest one, as in [0.5, 1]')
    .default([0.5, 1]),
});

export type CropOptions = z.infer<typeof options>;

export const crop = {
  stream: 'crop',
  options,
  draw(random, { scale }, size) {
    const [part, x, y] = [random.uniform(...scale), random.next(), random.next()];
    return (sample) => {
      const height = sample.image.length / 3 / sample.width;
      return cropped(sample, squareAt(sample.width, height, part, x, y), size);
    };
  },
} satisfies Augmentation<CropOptions>;

/** @returns how high a picture has to be so that its smallest crop is not enlarged */
export function heightForCrops({ scale: [least] }: CropOptions, size: number): number {
  return Math.ceil(size / least);
}

/** @param x and y of the square's place, from 0 to below 1: every place at which it lies inside is as likely */
function squareAt(width: number, height: number, share: number, x: number, y: number): Square {
  const side = Math.max(1, Math.round(share * Math.min(width, height)));
  const place = (length: number, at: number) => Math.floor(at * (length - side + 1));
  return { left: place(width, x), top: place(height, y), width: side, height: side };
}

/** A square of a sample, resized as every picture is. The label of an object's crop stays. */
function cropped(sample: Sample, square: Square, size: number): Sample {
  const { image: pixels, labelIds, width } = sample;
  const height = pixels.length / 3 / width;
  const image = resizedWindow({ width, height, pixels }, square, size);
  return {
    ...sample,
    image,
    width: size,
    labelIds: labelIds.length === 1 ? labelIds : nearest(labelIds, width, square, new Uint8Array(size * size)),
  };
}
