import type { z } from 'zod';

/** How the learning rate goes in the course of a training. */
export interface Schedule<Options = unknown> {
  readonly options: z.ZodRawShape;
  /**
   * Whether it depends on how many epochs there will be. While it does not, a training of more epochs goes on from one of
   * fewer.
   */
  readonly dependsOnEpochs: boolean;
  /** What `training.learningRate` is multiplied by. */
  factorAt(moment: Moment, options: Options): number;
}

/** A place in the course of a training, warm-up left out. */
export interface Moment {
  /** Epochs done before, a fraction where the rate changes within an epoch. */
  done: number;
  /** How many epochs there will be. */
  epochs: number;
  /** `training.learningRateDecay` */
  decay: number;
}

/** Share of the training that is done, 0 to 1. */
export function shareDone({ done, epochs }: Moment): number {
  return Math.min(1, done / Math.max(epochs, 1));
}

/** JavaScript's cosines and powers may differ in the last digits from engine to engine; learning rates must not. */
export function withoutLastDigits(factor: number): number {
  return Number(factor.toPrecision(12));
}
