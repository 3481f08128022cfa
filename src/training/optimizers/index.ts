import { type NamedOptions, namedOptions } from '../../configuration/named-options';
import type { Optimizer } from '../../tensorflow/optimizer';
import { adam } from './adam';
import { adamw, adamwOptions } from './adamw';
import { sgd, sgdOptions } from './sgd';

/** The optimizers by their names. One is added as a file beside these and an entry here. */
export const OPTIMIZERS = {
  adam: { options: {}, create: () => adam() },
  adamw: { options: adamwOptions, create: adamw },
  sgd: { options: sgdOptions, create: sgd },
} as const;

export const optimizerSchema = namedOptions(OPTIMIZERS);

export type OptimizerOptions = NamedOptions<typeof OPTIMIZERS>;

export function createOptimizer(options: OptimizerOptions): Optimizer {
  // The compiler does not see that the entry is the one that the options are of.
  const { create } = OPTIMIZERS[options.name] as { create: (options: OptimizerOptions) => Optimizer };
  return create(options);
}
