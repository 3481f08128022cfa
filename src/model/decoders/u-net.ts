import { BatchNormalization, Convolution } from '../../tensorflow/fused-layers';
import { tf } from '../../tensorflow/tensorflow';
import { convolutionUnit, expansionBlock, scaledChannels } from '../blocks';
import { VGG19 } from '../encoders/vgg19';
import { type Decoder, requireDivisible, type SegmentationOptions } from './decoder';

export const BOTTLENECK_CHANNELS = 512;

/**
 * The study's U-Net (Ronneberger, Fischer & Brox 2015) on an encoder's stages: contraction, bottleneck, an expansion block
 * for each stage and a 1x1 head. 44.0 million parameters on VGG19 with 8 classes.
 *
 * @returns [batch, height, width, 3] to logits [batch, height, width, classes]
 * @throws ModelError for a size that the encoder's stride does not divide
 */
export function uNet(options: SegmentationOptions): tf.LayersModel {
  const { height, width, classes, encoder = VGG19, widthMultiplier = 1, batchNorm = true, seed = 1 } = options;
  const { decoderWidthMultiplier = widthMultiplier, batchNormEpsilon } = options;
  const { plainBlocks = [], skipBatchNorm = false } = options;
  requireDivisible({ height, width }, encoder);
  const unit = { batchNorm, batchNormEpsilon, seed };

  const image = tf.input({ shape: [height, width, 3], name: 'image' });
  const { stages, deepest } = encoder.features(image, { ...unit, widthMultiplier, plainBlocks });

  let features = deepest;
  for (const name of ['bottleneck_conv1', 'bottleneck_conv2'])
    features = convolutionUnit(features, {
      ...unit,
      name,
      filters: scaledChannels(BOTTLENECK_CHANNELS, decoderWidthMultiplier),
    });

  const skipOf = (number: number) => {
    const skip = stages[number - 1];
    if (!skipBatchNorm || !plainBlocks.includes(number)) return skip;
    const norm = new BatchNormalization({ name: `skip${number}_bn`, epsilon: batchNormEpsilon });
    return norm.apply(skip) as tf.SymbolicTensor;
  };
  for (const { number, channels } of [...encoder.stages].reverse())
    features = expansionBlock(features, skipOf(number), {
      ...unit,
      name: `up${number}`,
      filters: scaledChannels(channels, decoderWidthMultiplier),
    });

  const head = new Convolution({ name: 'logits', filters: classes, kernelSize: 1, useBias: true, seed });
  return tf.model({ name: 'u-net', inputs: image, outputs: head.apply(features) as tf.SymbolicTensor });
}

export const U_NET: Decoder = {
  model: uNet,
  isOwn: (layerName) => /^(bottleneck_conv\d(_bn)?|up\d_(transpose|conv\d(_bn)?)|skip\d_bn)$/.test(layerName),
};
