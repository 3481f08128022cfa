import type { TrainingOptions } from '../training-options';
import { exponential } from './exponential';
import type { Schedule } from './schedule';

/** The schedules by their names. */
export const SCHEDULES = { exponential } satisfies Record<string, Schedule>;

function scheduleOf(_options: TrainingOptions): Schedule {
  return SCHEDULES.exponential;
}

/** @returns the learning rate of an epoch, counted from 1. */
export function learningRateAt(options: TrainingOptions, epoch: number): number {
  return options.learningRate * scheduleOf(options).factorAt(epoch - 1, options);
}

/** Whether an epoch's learning rate depends on how many epochs there will be. */
export function dependsOnEpochs(options: TrainingOptions): boolean {
  return scheduleOf(options).dependsOnEpochs;
}
