import { z } from 'zod';

/** Numbers that options of every layer are made of. */
export const positiveInteger = z.number().int().positive();
/** 32 bits: TensorFlow, which draws the weights by it, takes no more. */
export const seed = z.number().int().nonnegative().max(0xffffffff);
