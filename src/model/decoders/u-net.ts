import { ModelError } from '../../errors';
import { BatchNormalization, Convolution } from '../../tensorflow/fused-layers';
import { tf } from '../../tensorflow/tensorflow';
import { contractionBlock, expansionBlock } from '../blocks';
import { convolutionUnit, scaledChannels, VGG19_BLOCKS, VGG19_STRIDE } from '../encoders/vgg19';

export interface UNetOptions {
  /** In pixels; 32 must divide it. */
  height: number;
  width: number;
  /** One channel of the output a class. */
  classes: number;
  /** Multiplies every channel count; 1 gives 44.0 million parameters. */
  widthMultiplier?: number;
  batchNorm?: boolean;
  /** Keras's by default. */
  batchNormEpsilon?: number;
  /** VGG19 groups (1 to 5) that have no batch normalisation even so. */
  plainBlocks?: readonly number[];
  /** Batch normalisation of what those groups hand over to their expansion blocks. */
  skipBatchNorm?: boolean;
  /** Of the random layers; a layer's weights depend on this and its name alone. */
  seed?: number;
}

export const BOTTLENECK_CHANNELS = 512;

/**
 * The study's U-Net: VGG19's five groups as contraction blocks, a bottleneck, five expansion blocks and a 1x1 head.
 * [batch, height, width, 3] to logits [batch, height, width, classes].
 *
 * @throws ModelError for a size that 32 does not divide
 */
export function uNet(options: UNetOptions): tf.LayersModel {
  const { height, width, classes, widthMultiplier = 1, batchNorm = true, batchNormEpsilon, seed = 1 } = options;
  const { plainBlocks = [], skipBatchNorm = false } = options;
  requireDivisible('height', height);
  requireDivisible('width', width);
  const common = { batchNorm, batchNormEpsilon, seed };

  const skipNorm = (number: number) => new BatchNormalization({ name: `skip${number}_bn`, epsilon: batchNormEpsilon });

  const image = tf.input({ shape: [height, width, 3], name: 'image' });
  const skips: tf.SymbolicTensor[] = [];
  let features = image;
  for (const { number, layers, channels } of VGG19_BLOCKS) {
    const { skip, pooled } = contractionBlock(features, {
      ...common,
      batchNorm: batchNorm && !plainBlocks.includes(number),
      name: `block${number}`,
      layers,
      filters: scaledChannels(channels, widthMultiplier),
    });
    const scaled = skipBatchNorm && plainBlocks.includes(number);
    skips.push(scaled ? (skipNorm(number).apply(skip) as tf.SymbolicTensor) : skip);
    features = pooled;
  }

  for (const name of ['bottleneck_conv1', 'bottleneck_conv2'])
    features = convolutionUnit(features, {
      ...common,
      name,
      filters: scaledChannels(BOTTLENECK_CHANNELS, widthMultiplier),
    });

  for (const { number, channels } of [...VGG19_BLOCKS].reverse())
    features = expansionBlock(features, skips[number - 1], {
      ...common,
      name: `up${number}`,
      filters: scaledChannels(channels, widthMultiplier),
    });

  const head = new Convolution({ name: 'logits', filters: classes, kernelSize: 1, useBias: true, seed });
  return tf.model({ name: 'u-net', inputs: image, outputs: head.apply(features) as tf.SymbolicTensor });
}

/**
 * Leaves the weights of those VGG19 groups (1 to 5) as they are, and lets training have those of the other groups.
 *
 * @param model a U-Net, changed in place
 * @param blocks numbers of groups; every other group becomes trainable
 * @param options what else is frozen
 * @param options.batchNorm whether that goes for batch normalisation too, running statistics included, which then also
 *   works by them (as in Keras); if not, it goes on learning and using the batch's statistics
 */
export function freezeBlocks(
  model: tf.LayersModel,
  blocks: readonly number[],
  { batchNorm = true }: { batchNorm?: boolean } = {},
): void {
  for (const layer of model.layers) {
    const block = /^block(\d)_/.exec(layer.name);
    if (!block) continue;
    const frozen = blocks.includes(Number(block[1])) && (batchNorm || !layer.name.endsWith('_bn'));
    layer.trainable = !frozen;
  }
}

function requireDivisible(side: string, pixels: number): void {
  if (Number.isInteger(pixels) && pixels > 0 && pixels % VGG19_STRIDE === 0) return;
  const below = Math.floor(pixels / VGG19_STRIDE) * VGG19_STRIDE;
  throw new ModelError(
    `image ${side} of ${pixels} pixels: the U-Net halves it five times, so ${VGG19_STRIDE} must divide it`,
    `choose ${below > 0 ? `${below} or ` : ''}${below + VGG19_STRIDE}`,
  );
}
