import type { Experiment } from '../../experiment/schema';
import { integerPower } from '../../tensorflow/integer-power';

/** @returns the learning rate of an epoch, counted from 1: it shrinks after each. */
export function learningRateAt(
  { learningRate, learningRateDecay }: Pick<Experiment['training'], 'learningRate' | 'learningRateDecay'>,
  epoch: number,
): number {
  return learningRate * integerPower(learningRateDecay, epoch - 1);
}

/**
 * Whether an epoch's learning rate depends on how many epochs there will be. While it does not, a training of more epochs
 * goes on from one of fewer.
 */
export function dependsOnEpochs(
  _training: Pick<Experiment['training'], 'learningRate' | 'learningRateDecay'>,
): boolean {
  return false;
}

/**
 * What a layer's learning rate is multiplied by: `factor` in the groups that were taken over, 1 in all others. Batch
 * normalisation goes with its group.
 *
 * @param layerName such as `block3_conv4`, `block3_conv4_bn` or `up1_conv1`
 * @param factor `training.encoderLearningRateFactor`
 */
export function learningRateFactor(
  layerName: string,
  { weights, blocks }: Pick<Experiment['model']['encoder'], 'weights' | 'blocks'>,
  factor: number,
): number {
  const block = /^block(\d)_/.exec(layerName);
  const takenOver = weights !== null && block !== null && blocks.includes(Number(block[1]));
  return takenOver ? factor : 1;
}
