import { Convolution } from '../../tensorflow/fused-layers';
import { tf } from '../../tensorflow/tensorflow';
import { convolutionUnit, expansionBlock, scaledChannels } from '../blocks';
import { VGG19 } from '../encoders/vgg19';
import { type Decoder, handedOver, requireDivisible, type SegmentationOptions } from './decoder';

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
  const { height, width, classes, encoder = VGG19, widthMultiplier = 1, batchNorm = true, seed = 1 } = options;
  const { decoderWidthMultiplier = widthMultiplier, batchNormEpsilon } = options;
  requireDivisible({ height, width }, encoder);
  const unit = { batchNorm, batchNormEpsilon, seed };

  const image = tf.input({ shape: [height, width, 3], name: 'image' });
  const contraction = encoder.features(image, { ...options, ...unit, widthMultiplier });

  let features = contraction.deepest;
  for (const name of ['bottleneck_conv1', 'bottleneck_conv2'])
    features = convolutionUnit(features, {
      ...unit,
      name,
      filters: scaledChannels(BOTTLENECK_CHANNELS, decoderWidthMultiplier),
    });

  for (let level = Math.log2(encoder.stride) - 1; level >= 0; level -= 1)
    features = expansionBlock(features, handedOver(contraction, 2 ** level, encoder, options), {
      ...unit,
      name: `up${level + 1}`,
      filters: scaledChannels(EXPANSION_CHANNELS[level], decoderWidthMultiplier),
    });

  const head = new Convolution({ name: 'logits', filters: classes, kernelSize: 1, useBias: true, seed });
  return tf.model({ name: 'u-net', inputs: image, outputs: head.apply(features) as tf.SymbolicTensor });
}

export const U_NET: Decoder = {
  model: uNet,
  isOwn: (layerName) => /^(bottleneck_conv\d(_bn)?|up\d_(transpose|conv\d(_bn)?)|skip\d_bn)$/.test(layerName),
};
