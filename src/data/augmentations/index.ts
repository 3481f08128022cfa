import { z } from 'zod';
import { type Augmentation, type Augmenter, augmenter } from './augmentation';
import { blur } from './blur';
import { color } from './color';
import { crop } from './crop';
import { mirror } from './mirror';

/** The augmentations there are, in the order in which they are applied. One is added as a file beside these and an entry here. */
export const AUGMENTATIONS = { crop, mirror, color, blur } as const satisfies Record<string, Augmentation>;

export type AugmentationName = keyof typeof AUGMENTATIONS;

type Chosen = { [Name in AugmentationName]: z.ZodDefault<z.ZodNullable<(typeof AUGMENTATIONS)[Name]['options']>> };

/** Which augmentations there are, with their options; those that are null are left out. */
export const augmentationOptions = z.strictObject(
  Object.fromEntries(
    Object.entries<Augmentation>(AUGMENTATIONS).map(([name, { options }]) => [name, options.nullable().default(null)]),
  ) as Chosen,
);

export type AugmentationOptions = z.infer<typeof augmentationOptions>;

/** @param size side of the model's input in pixels */
export function augmenters(options: Partial<AugmentationOptions>, size: number): Augmenter[] {
  return (Object.keys(AUGMENTATIONS) as AugmentationName[]).flatMap((name) => {
    const given = options[name];
    return given ? [augmenter(AUGMENTATIONS[name] as Augmentation, given, size)] : [];
  });
}
