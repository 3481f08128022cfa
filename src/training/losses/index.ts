import { crossEntropy } from './cross-entropy';
import type { Loss } from './loss';

/** The losses by their names. */
export const LOSSES = { 'cross-entropy': crossEntropy } satisfies Record<string, Loss>;
