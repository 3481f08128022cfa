import { z } from 'zod';
import { positiveInteger } from '../configuration/numbers';
import { SPLIT_NAMES } from '../splits';

/** How the whole picture is seen at `resolution: original` by a model that was trained on squares. */
const slidingWindow = z.strictObject({
  /** Side of the square window as a share of the picture's shorter side; 1 is the square that training saw. */
  share: z.number().positive().max(1).default(1),
  /** Side of the window in pixels of the picture instead; `share` means the same in pictures of any size. */
  side: positiveInteger.nullable().default(null),
  /** Share of the side that neighbours have in common at least; their probabilities are averaged there. */
  overlap: z.number().min(0).max(0.9).default(0.5),
  /**
   * The whole picture at once instead, at the scale at which such a window would be seen: with `side` equal to `data.size`,
   * pixel by pixel.
   */
  whole: z.boolean().default(false),
});

export const evaluationOptions = z.strictObject({
  split: z.enum(SPLIT_NAMES).default('validation'),
  /** What is evaluated: the centre square at `data.size`, as in training; or the whole picture, predictions up-sampled to its own size. */
  resolution: z.enum(['training', 'original']).default('training'),
  window: slidingWindow.prefault({}),
  /** Each picture is also seen in the mirror, and the mean of both probabilities decides; twice the time. */
  mirror: z.boolean().default(false),
  /**
   * How much of the loss's class weights is taken out of the probabilities again: a model trained with them overestimates the
   * classes of large weights. 0 leaves them in, 1 takes them back, and what scores best is often between; of a sum of losses
   * the first that weights classes counts.
   */
  priorCorrection: z.number().min(0).max(1).default(0),
  /** Whether it is also counted how often predictions are right that the model is so sure of. */
  calibration: z.boolean().default(false),
  /** Scenes shown as panels: how many of the most telling ones, or their names. */
  panels: z.union([z.number().int().nonnegative(), z.array(z.string())]).default(4),
});
