import { DEFAULT_ENCODER, ENCODERS } from '../model/encoders';
import type { EncoderSettings } from '../model/encoders/encoder-options';

/** Which of an encoder's blocks were taken over; that of VGG19 by default. */
export type TakenOver = Pick<EncoderSettings, 'weights' | 'blocks'> & Partial<Pick<EncoderSettings, 'name'>>;

/**
 * What a layer's learning rate is multiplied by: `factor` in the blocks that were taken over, 1 in all others. Batch
 * normalisation goes with its block.
 *
 * @param layerName such as `block3_conv4`, `block3_conv4_bn` or `up1_conv1`
 * @param factor `training.encoderLearningRateFactor`
 */
export function learningRateFactor(
  layerName: string,
  { name = DEFAULT_ENCODER, weights, blocks }: TakenOver,
  factor: number,
): number {
  const stage = ENCODERS[name].stageOf(layerName);
  return weights !== null && stage !== undefined && blocks.includes(stage) ? factor : 1;
}
