import { z } from 'zod';
import { positiveInteger } from '../configuration/numbers';
import { classOptions } from './classes';
import { cropOptions } from './object-crops';
import { ownOptions, SOURCE_NAMES } from './sources';

/** One in so many spreads over drives, whose frames are alike where they follow each other. */
const sceneLimit = z.union([positiveInteger, z.strictObject({ every: positiveInteger })]);

/** Which scenes there are, and how they become a model's input: `data` of an experiment. */
export const dataOptions = z.strictObject({
  source: z.enum(SOURCE_NAMES).default('cityscapes'),
  /** Folder of the data set. Cityscapes also looks at CITYSCAPES_DATASET; synthetic scenes make their own. */
  root: z.string().min(1).nullable().default(null),
  /**
   * What the model predicts: `groups-8`, `cityscapes-19`, `camvid-11`, or a list of classes of your own, such as
   * `[{ name: road, color: [128, 64, 128], values: [7] }, { name: other, color: [0, 0, 0], values: rest }]`; or
   * `{ file: classes.yaml }`, which holds such a list.
   */
  classes: classOptions.default('groups-8'),
  /** Side of the square that the centre crop is resized to, in pixels; 32 must divide it. */
  size: positiveInteger.multipleOf(32).default(256),
  /** How many scenes of each split are used: the first 46, or `{ every: 8 }` for one in eight; all when absent. */
  limit: z.strictObject({ train: sceneLimit, validation: sceneLimit, test: sceneLimit }).partial().prefault({}),
  ...ownOptions(),
  crops: cropOptions.prefault({}),
});

export type DataOptions = z.infer<typeof dataOptions>;
