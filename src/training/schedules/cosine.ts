import { z } from 'zod';
import { type Schedule, shareDone, withoutLastDigits } from './schedule';

const options = {
  /** Share of the learning rate that is left at the end. */
  minimum: z.number().min(0).max(1).default(0),
};

/** Half a cosine from the learning rate down (Loshchilov & Hutter 2017, without restarts). */
export const cosine = {
  options,
  dependsOnEpochs: true,
  factorAt: (moment, { minimum }) =>
    withoutLastDigits(minimum + ((1 - minimum) * (1 + Math.cos(Math.PI * shareDone(moment)))) / 2),
} satisfies Schedule<{ minimum: number }>;
