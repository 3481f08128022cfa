import { z } from 'zod';
import type { Augmentation } from './augmentation';

/** As if out of focus, or moved. */
const options = z.strictObject({
  /** Share of the samples that are blurred. */
  probability: z.number().min(0).max(1).default(0.5),
  /** Standard deviation of the Gaussian in pixels of the model's input, the least and the greatest. */
  radius: z
    .tuple([z.number().positive(), z.number().positive().max(20)])
    .refine(([least, greatest]) => least <= greatest, 'the least radius and the greatest one, as in [0.2, 1.5]')
    .default([0.2, 1.5]),
});

export const blur = {
  stream: 'blur',
  options,
  draw(random, { probability, radius }) {
    const [is, deviation] = [random.chance(probability), random.uniform(...radius)];
    return (sample) => (is ? { ...sample, image: blurred(sample.image, sample.width, deviation) } : sample);
  },
} satisfies Augmentation<z.infer<typeof options>>;

/** A picture under a Gaussian; beyond its edges its outermost pixels go on. @param image RGB, 0 to 255 */
export function blurred(image: Uint8Array, width: number, deviation: number): Uint8Array {
  const weights = gaussian(deviation);
  const row = width * 3;
  const result = new Uint8Array(image.length);
  for (let line = 0; line < image.length; line += row)
    result.set(alongside(image.subarray(line, line + row), 3, weights), line);
  return alongside(result, row, weights);
}

/** Weights are whole numbers, together {@link ONE}, so that every engine computes the same bytes. */
const PRECISION = 16;
const ONE = 1 << PRECISION;

/** From the middle of the Gaussian outwards, to three deviations. */
function gaussian(deviation: number): number[] {
  const side = Array.from({ length: Math.ceil(3 * deviation) + 1 }, (_, distance) =>
    Math.exp(-0.5 * (distance / deviation) ** 2),
  );
  const sum = side.reduce((total, weight) => total + 2 * weight, -side[0]);
  const weights = side.map((weight) => Math.round((weight / sum) * ONE));
  weights[0] += ONE - weights.reduce((total, weight) => total + 2 * weight, -weights[0]);
  return weights;
}

/** Blurs pixels that follow each other along one direction, each of `step` values. */
function alongside(values: Uint8Array, step: number, weights: number[]): Uint8Array {
  const reach = weights.length - 1;
  const end = values.length;
  const padded = new Uint8Array(end + 2 * reach * step);
  padded.set(values, reach * step);
  for (let pixel = 0; pixel < reach; pixel += 1) {
    padded.copyWithin(pixel * step, reach * step, (reach + 1) * step);
    padded.copyWithin((reach + pixel) * step + end, (reach - 1) * step + end, reach * step + end);
  }
  const sums = new Int32Array(end).fill(ONE / 2);
  for (let tap = -reach; tap <= reach; tap += 1) {
    const weight = weights[Math.abs(tap)];
    const first = (reach + tap) * step;
    for (let place = 0; place < sums.length; place += 1) sums[place] += weight * padded[first + place];
  }
  const result = new Uint8Array(end);
  for (let place = 0; place < sums.length; place += 1) result[place] = sums[place] >> PRECISION;
  return result;
}
