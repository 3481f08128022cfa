import { z } from 'zod';
import { type Schedule, shareDone, withoutLastDigits } from './schedule';

const options = {
  power: z.number().positive().default(0.9),
};

/** `(1 - share done) ^ power`, as DeepLab has it (Chen et al. 2017). */
export const polynomial = {
  options,
  dependsOnEpochs: true,
  factorAt: (moment, { power }) => withoutLastDigits((1 - shareDone(moment)) ** power),
} satisfies Schedule<{ power: number }>;
