import { z } from 'zod';
import type { Schedule } from '../../src/training/schedules/schedule';

const options = {
  /** Epochs after which the learning rate is a tenth of what it was. */
  drops: z.array(z.number().int().positive()).default([30, 60]),
};

/** A tenth of the learning rate after each of some epochs. */
export const stepwise = {
  options,
  // Whoever asks for more epochs changes none of those before.
  dependsOnEpochs: false,
  factorAt: ({ done }, { drops }) => 1 / 10 ** drops.filter((epoch) => done >= epoch).length,
} satisfies Schedule<{ drops: number[] }>;
