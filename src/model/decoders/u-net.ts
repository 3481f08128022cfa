import { Convolution } from '../../tensorflow/fused-layers';
import { tf } from '../../tensorflow/tensorflow';
import { convolutionUnit, expansionBlock, scaledChannels } from '../blocks';
import { type Decoder, encodedPicture, type LevelOptions, type SegmentationOptions } from './decoder';

export const BOTTLENECK_CHANNELS = 512;
/** Of the expansion blocks at the picture's own size, at half of it, and so on. */
const EXPANSION_CHANNELS = [64, 128, 256, 512, 512];

/**
 * The study's U-Net (Ronneberger, Fischer & Brox 2015) on an encoder's stages: contraction, bottleneck, expansion
 * blocks that take up each stage again at its size, and a 1x1 head. 44.0 million parameters on VGG19 with 8 classes.
 *
 * @returns [batch, height, width, 3] to logits [batch, height, width, classes]
 * @throws ModelError for a size that the encoder's stride does not divide
 */
export function uNet(options: SegmentationOptions): tf.LayersModel {
  const { image, deepest, coarsest, seed, handedOver, at } = encodedPicture(options);
  let features = bottleneck(deepest, at(coarsest));
  for (let stride = coarsest / 2; stride >= 1; stride /= 2)
    features = expansion(features, handedOver(stride), at(stride));
  const head = new Convolution({ name: 'logits', filters: options.classes, kernelSize: 1, useBias: true, seed });
  return tf.model({ name: 'u-net', inputs: image, outputs: head.apply(features) as tf.SymbolicTensor });
}

/** Two convolutions at the smallest size. */
function bottleneck(deepest: tf.SymbolicTensor, options: LevelOptions): tf.SymbolicTensor {
  const filters = scaledChannels(BOTTLENECK_CHANNELS, options.widthMultiplier);
  const first = convolutionUnit(deepest, { ...options, filters, name: 'bottleneck_conv1' });
  return convolutionUnit(first, { ...options, filters, name: 'bottleneck_conv2' });
}

/** The expansion block of a stride. */
function expansion(
  below: tf.SymbolicTensor,
  skip: tf.SymbolicTensor | undefined,
  { stride, widthMultiplier, ...unit }: LevelOptions,
) {
  const level = Math.log2(stride);
  const filters = scaledChannels(EXPANSION_CHANNELS[level], widthMultiplier);
  return expansionBlock(below, skip, { ...unit, filters, name: `up${level + 1}` });
}

export const U_NET: Decoder = {
  model: uNet,
  bottom: bottleneck,
  level: expansion,
  madeOf: [convolutionUnit, bottleneck, expansionBlock],
  isOwn: (layerName) => /^(bottleneck_conv\d(_bn)?|up\d_(transpose|conv\d(_bn)?)|skip\d_bn)$/.test(layerName),
};
