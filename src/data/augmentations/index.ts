import type { Augmentation } from './augmentation';
import { mirror } from './mirror';

/** The augmentations there are, in the order in which they are applied. One is added as a file beside these and an entry here. */
export const AUGMENTATIONS = { mirror } as const satisfies Record<string, Augmentation>;
