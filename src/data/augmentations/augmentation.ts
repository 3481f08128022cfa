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
  /** Draws what is done to the next sample; all that is random about it is drawn here. */
  draw(random: Random, options: Options): Change;
}

/** An augmentation whose options are given. */
export interface Augmenter {
  readonly stream: string;
  readonly draw: (random: Random) => Change;
}

/** @param options what differs from the defaults */
export function augmenter<Options>(
  { stream, options: schema, draw }: Augmentation<Options>,
  options: Partial<Options> = {},
): Augmenter {
  const given = schema.parse(options) as Options;
  return { stream, draw: (random) => draw(random, given) };
}
