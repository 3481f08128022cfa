/** Which of an encoder's groups were taken over. */
export interface TakenOver {
  /** Where they come from; null for random ones. */
  weights: string | null;
  /** VGG19 groups (1 to 5). */
  blocks: readonly number[];
}

/**
 * What a layer's learning rate is multiplied by: `factor` in the groups that were taken over, 1 in all others. Batch
 * normalisation goes with its group.
 *
 * @param layerName such as `block3_conv4`, `block3_conv4_bn` or `up1_conv1`
 * @param factor `training.encoderLearningRateFactor`
 */
export function learningRateFactor(layerName: string, { weights, blocks }: TakenOver, factor: number): number {
  const block = /^block(\d)_/.exec(layerName);
  const takenOver = weights !== null && block !== null && blocks.includes(Number(block[1]));
  return takenOver ? factor : 1;
}
