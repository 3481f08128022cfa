import { BatchNormalization } from '../tensorflow/fused-layers';
import type { tf } from '../tensorflow/tensorflow';

/**
 * Momentum of batch normalisation's running statistics: 0.9 (PyTorch's 0.1 in Keras's convention), or less where an epoch
 * has few steps, so that the epoch itself makes up nine tenths of them. Else validation evaluates today's weights by
 * yesterday's statistics, and over some thirty layers the mismatch multiplies: a loss of thousands for several epochs.
 *
 * @param steps of one epoch
 */
export function runningMomentum(steps: number): number {
  return Math.min(0.9, 0.1 ** (1 / steps));
}

export function setRunningMomentum(model: tf.LayersModel, momentum: number): void {
  for (const layer of model.layers) if (layer instanceof BatchNormalization) layer.momentum = momentum;
}
