import type { Optimizer } from '../../tensorflow/optimizer';
import { adam } from './adam';

/** The optimizers by their names. */
export const OPTIMIZERS = { adam } satisfies Record<string, () => Optimizer>;

export type OptimizerName = keyof typeof OPTIMIZERS;
