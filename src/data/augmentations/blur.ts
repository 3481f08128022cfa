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
  const height = image.length / row;
  return alongside(alongside(image, { count: width, step: 3 }, weights), { count: height, step: row }, weights);
}

/** Weights are whole numbers, together {@link ONE}, so that every engine computes the same bytes. */
const ONE = 1 << 16;

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

/** Blurs along one direction, in which there are `count` pixels, each `step` places after the other. */
function alongside(
  values: Uint8Array,
  { count, step }: { count: number; step: number },
  weights: number[],
): Uint8Array {
  const result = new Uint8Array(values.length);
  const sums = new Int32Array(step);
  for (let line = 0; line < values.length; line += count * step)
    for (let at = 0; at < count; at += 1) {
      sums.fill(ONE / 2);
      for (let tap = 1 - weights.length; tap < weights.length; tap += 1) {
        const weight = weights[Math.abs(tap)];
        const from = line + Math.min(count - 1, Math.max(0, at + tap)) * step;
        for (let place = 0; place < step; place += 1) sums[place] += weight * values[from + place];
      }
      for (let place = 0; place < step; place += 1) result[line + at * step + place] = sums[place] / ONE;
    }
  return result;
}
