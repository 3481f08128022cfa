import { z } from 'zod';
import { type Schedule, shareDone, withoutLastDigits } from './schedule';

const options = {
  /** Share of the training in which the learning rate rises. */
  rise: z.number().gt(0).lt(1).default(0.3),
};

/** Of the learning rate: where it starts, and where it ends. */
const [START, END] = [1 / 25, 1 / 25 / 1e4];

/**
 * One cycle (Smith & Topin 2019), as PyTorch has it: half a cosine up from a 25th of the learning rate, then half a cosine down
 * to the 250,000th part.
 */
export const oneCycle = {
  options,
  dependsOnEpochs: true,
  factorAt: (moment, { rise }) => {
    const share = shareDone(moment);
    const between = (from: number, to: number, part: number) => to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;
    return withoutLastDigits(
      share < rise ? between(START, 1, share / rise) : between(1, END, (share - rise) / (1 - rise)),
    );
  },
} satisfies Schedule<{ rise: number }>;
