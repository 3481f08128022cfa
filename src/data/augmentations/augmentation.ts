import type { z } from 'zod';
import type { Random } from '../../random';
import type { Sample } from '../prepare-scene';

/** What becomes of a sample, image and label ids alike; the sample itself stays as it is. */
export type Change = (sample: Sample) => Sample;

/** A way to vary the samples of a training. */
export interface Augmentation<Options = unknown> {
  /** Names the stream of its random numbers, so that adding one augmentation changes no other. */
  readonly stream: string;
  readonly options: z.ZodType;
  /**
   * Draws what is done to the next sample; all that is random about it is drawn here.
   *
   * @param size side of the model's input in pixels
   */
  draw(random: Random, options: Options, size: number): Change;
}

/** An augmentation whose options are given. */
export interface Augmenter {
  readonly stream: string;
  readonly draw: (random: Random) => Change;
}

/**
 * @param options what differs from the defaults
 * @param size side of the model's input in pixels
 */
export function augmenter<Options>(
  { stream, options: schema, draw }: Augmentation<Options>,
  options: Partial<Options>,
  size: number,
): Augmenter {
  const given = schema.parse(options) as Options;
  return { stream, draw: (random) => draw(random, given, size) };
}
