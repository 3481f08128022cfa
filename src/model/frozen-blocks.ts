import type { tf } from '../tensorflow/tensorflow';
import type { Encoder } from './encoders/encoder';
import type { EncoderSettings } from './encoders/encoder-options';
import { VGG19 } from './encoders/vgg19';

/** Which blocks of the encoder keep their weights: throughout, or in some epochs (`model.encoder.freeze`). */
export type Freeze = EncoderSettings['freeze'];

/** Successive epochs in which the same blocks are frozen. */
export interface FreezePhase {
  /** Counted from 1. */
  firstEpoch: number;
  lastEpoch: number;
  /** Blocks of the encoder, ascending. */
  frozenBlocks: number[];
}

/**
 * @param epoch counted from 1
 * @returns the blocks that are frozen in that epoch, ascending, each once
 */
export function frozenBlocksAt(freeze: Freeze, epoch: number): number[] {
  const blocks = freeze.flatMap((entry) => {
    if (typeof entry === 'number') return [entry];
    const [first, last] = entry.epochs;
    return epoch >= first && epoch <= last ? entry.blocks : [];
  });
  return [...new Set(blocks)].sort((a, b) => a - b);
}

/** @returns a training's epochs in order, as few phases as possible */
export function freezePhases(freeze: Freeze, epochs: number): FreezePhase[] {
  const phases: FreezePhase[] = [];
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    const frozenBlocks = frozenBlocksAt(freeze, epoch);
    const current = phases[phases.length - 1];
    if (String(current?.frozenBlocks) === String(frozenBlocks)) current.lastEpoch = epoch;
    else phases.push({ firstEpoch: epoch, lastEpoch: epoch, frozenBlocks });
  }
  return phases;
}

/**
 * Leaves the weights of those blocks of the encoder as they are, and lets training have those of its others.
 *
 * @param model changed in place
 * @param blocks numbers of the encoder's stages; every other one becomes trainable
 * @param options what else is frozen
 * @param options.batchNorm whether that goes for batch normalisation too, running statistics included, which then also
 *   works by them (as in Keras); if not, it goes on learning and using the batch's statistics
 * @param options.encoder the model's
 */
export function freezeBlocks(
  model: tf.LayersModel,
  blocks: readonly number[],
  { batchNorm = true, encoder = VGG19 }: { batchNorm?: boolean; encoder?: Encoder } = {},
): void {
  for (const layer of model.layers) {
    const stage = encoder.stageOf(layer.name);
    if (stage === undefined) continue;
    layer.trainable = !(blocks.includes(stage) && (batchNorm || !layer.name.endsWith('_bn')));
  }
}
