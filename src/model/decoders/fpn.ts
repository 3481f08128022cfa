/**
 * A feature pyramid (Lin et al. 2017) with the head that Kirillov et al. 2019 ("Panoptic feature pyramid networks") segment
 * by: the deep features are enlarged and added to the shallower ones, every level is brought to a quarter of the picture's
 * size, and the sum of the levels is classified there. Far fewer operations than a U-Net at the picture's own size.
 *
 * Between the levels features are enlarged by repeating them, where Kirillov et al. interpolate: TensorFlow.js interpolates
 * half a pixel off. The scores are enlarged by a transposed convolution that begins as interpolation (Long et al. 2015).
 */
import { Convolution, UpConvolution } from '../../tensorflow/fused-layers';
import { tf } from '../../tensorflow/tensorflow';
import { convolutionUnit, scaledChannels } from '../blocks';
import { type Decoder, encodedPicture, type LevelOptions, type SegmentationOptions } from './decoder';

const PYRAMID_CHANNELS = 256;
const SEGMENT_CHANNELS = 128;
/** The stride at which pixels are classified. */
const FINEST = 4;

/**
 * @returns [batch, height, width, 3] to logits [batch, height, width, classes]
 * @throws ModelError for a size that the encoder's stride does not divide
 */
export function fpn(options: SegmentationOptions): tf.LayersModel {
  const { image, deepest, coarsest, seed, handedOver, at } = encodedPicture(options);
  let pyramid = lateral(deepest, at(coarsest));
  const levels = [segment(pyramid, at(coarsest))];
  for (let stride = coarsest / 2; stride >= FINEST; stride /= 2) {
    pyramid = pyramidLevel(pyramid, handedOver(stride), at(stride));
    levels.push(segment(pyramid, at(stride)));
  }
  const { classes } = options;
  const scores = new Convolution({ name: 'logits', filters: classes, kernelSize: 1, useBias: true, seed });
  const whole = new UpConvolution({ name: 'enlarge', filters: classes, stride: FINEST, initial: 'bilinear', seed });
  return tf.model({ name: 'fpn', inputs: image, outputs: apply(whole, apply(scores, sum(levels, 'segment_sum'))) });
}

/** Brings the encoder's features to the pyramid's number of channels. */
function lateral(features: tf.SymbolicTensor, { stride, widthMultiplier, seed }: LevelOptions): tf.SymbolicTensor {
  const filters = scaledChannels(PYRAMID_CHANNELS, widthMultiplier);
  const name = `pyramid${Math.log2(stride)}_lateral`;
  return apply(new Convolution({ name, filters, kernelSize: 1, useBias: true, seed }), features);
}

/** Enlarges the level below and adds the encoder's own features. */
function pyramidLevel(below: tf.SymbolicTensor, own: tf.SymbolicTensor | undefined, options: LevelOptions) {
  const name = `pyramid${Math.log2(options.stride)}`;
  return sum([lateral(own!, options), enlarged(below, `${name}_enlarged`)], `${name}_sum`);
}

/** The head's part at a level of the pyramid: convolutions, with a doubling behind each, up to the finest size. */
function segment(pyramid: tf.SymbolicTensor, { stride, widthMultiplier, ...unit }: LevelOptions): tf.SymbolicTensor {
  const level = Math.log2(stride);
  const smooth = { filters: scaledChannels(PYRAMID_CHANNELS, widthMultiplier), useBias: true, seed: unit.seed };
  let features = apply(new Convolution({ name: `pyramid${level}_smooth`, kernelSize: 3, ...smooth }), pyramid);
  const filters = scaledChannels(SEGMENT_CHANNELS, widthMultiplier);
  // As many steps as there are halvings down to the finest level, which has one without any.
  for (let size = stride, step = 1; size > FINEST || step === 1; size /= 2, step += 1) {
    features = convolutionUnit(features, { ...unit, filters, name: `segment${level}_conv${step}` });
    if (size > FINEST) features = enlarged(features, `segment${level}_enlarged${step}`);
  }
  return features;
}

export const FPN: Decoder = {
  model: fpn,
  bottom: lateral,
  level: pyramidLevel,
  madeOf: [convolutionUnit, lateral, pyramidLevel, segment],
  isOwn: (layerName) => /^(pyramid\d_(lateral|smooth)|segment\d_conv\d(_bn)?|skip\d_bn|enlarge)$/.test(layerName),
};

function apply(layer: tf.layers.Layer, input: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(input) as tf.SymbolicTensor;
}

function sum(inputs: tf.SymbolicTensor[], name: string): tf.SymbolicTensor {
  return tf.layers.add({ name }).apply(inputs) as tf.SymbolicTensor;
}

/** Each feature four times: both sides double. */
function enlarged(input: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return apply(tf.layers.upSampling2d({ size: [2, 2], interpolation: 'nearest', name }), input);
}
