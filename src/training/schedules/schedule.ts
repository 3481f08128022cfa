import type { TrainingOptions } from '../training-options';

/** How the learning rate goes in the course of a training. */
export interface Schedule {
  /**
   * Whether it depends on how many epochs there will be. While it does not, a training of more epochs goes on from one of
   * fewer.
   */
  dependsOnEpochs: boolean;
  /**
   * What `training.learningRate` is multiplied by.
   *
   * @param done epochs done before, a fraction where the rate changes within an epoch
   */
  factorAt(done: number, options: TrainingOptions): number;
}
