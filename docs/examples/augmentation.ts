import { z } from 'zod';
import type { Augmentation } from '../../src/data/augmentations/augmentation';

const options = z.strictObject({
  /** Standard deviation of the noise, of 255. */
  deviation: z.number().positive().max(64).default(8),
});

/** Noise as of a sensor in little light, drawn for each value of a picture. */
export const noise = {
  stream: 'noise',
  options,
  draw(random, { deviation }) {
    const grain = random.fork(random.integer(2 ** 31));
    return (sample) => ({
      ...sample,
      image: sample.image.map((value) => Math.min(255, Math.max(0, Math.round(value + grain.normal(0, deviation))))),
    });
  },
} satisfies Augmentation<z.infer<typeof options>>;
