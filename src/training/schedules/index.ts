import { z } from 'zod';
import { namedOptions } from '../../configuration/named-options';
import { cosine } from './cosine';
import { exponential } from './exponential';
import { oneCycle } from './one-cycle';
import { polynomial } from './polynomial';
import type { Schedule } from './schedule';

/** The schedules by their names. One is added as a file beside these and an entry here. */
export const SCHEDULES = { exponential, cosine, polynomial, 'one-cycle': oneCycle } as const;

export const scheduleSchema = namedOptions(SCHEDULES, {
  /** Whether the learning rate changes from epoch to epoch, or from step to step. */
  per: z.enum(['epoch', 'step']).default('epoch'),
  /** Epochs in which the learning rate first rises from zero, evenly; the schedule has those that are left. */
  warmUp: z.number().nonnegative().default(0),
});

export type ScheduleOptions = z.infer<typeof scheduleSchema>;

/** What the learning rate depends on. */
export interface LearningRateOptions {
  epochs: number;
  learningRate: number;
  learningRateDecay: number;
  schedule: ScheduleOptions;
}

/**
 * @param epoch counted from 1
 * @param step of the epoch, counted from 1
 * @param steps of an epoch
 */
export function learningRateAt(options: LearningRateOptions, epoch: number, step = 1, steps = 1): number {
  const { per, warmUp } = options.schedule;
  const unit = per === 'step' ? 1 / steps : 1;
  const done = per === 'step' ? epoch - 1 + (step - 1) / steps : epoch - 1;
  const moment = {
    done: Math.max(0, done - warmUp),
    epochs: options.epochs - warmUp,
    decay: options.learningRateDecay,
  };
  const warmth = done < warmUp ? Math.min(1, (done + unit) / warmUp) : 1;
  return options.learningRate * (warmth * scheduleOf(options).factorAt(moment, options.schedule));
}

/** Whether an epoch's learning rate depends on how many epochs there will be. */
export function dependsOnEpochs(options: LearningRateOptions): boolean {
  return scheduleOf(options).dependsOnEpochs;
}

function scheduleOf({ schedule }: LearningRateOptions): Schedule {
  return SCHEDULES[schedule.name] as Schedule;
}
