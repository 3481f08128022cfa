import { convolutionUnit } from '../../src/model/blocks';
import {
  type Decoder,
  encodedPicture,
  type LevelOptions,
  type SegmentationOptions,
} from '../../src/model/decoders/decoder';
import { Convolution } from '../../src/tensorflow/fused-layers';
import { tf } from '../../src/tensorflow/tensorflow';

/**
 * After LinkNet (Chaurasia & Culurciello 2017): what comes from below is enlarged and added to the encoder's own features, so
 * that the decoder is as wide as the encoder and has one convolution a level. [batch, height, width, 3] to logits
 * [batch, height, width, classes].
 */
function model(options: SegmentationOptions): tf.LayersModel {
  const { image, deepest, coarsest, seed, handedOver, at } = encodedPicture(options);
  let features = bottom(deepest, at(coarsest));
  for (let stride = coarsest / 2; stride >= 1; stride /= 2) features = level(features, handedOver(stride), at(stride));
  const head = new Convolution({ name: 'logits', filters: options.classes, kernelSize: 1, useBias: true, seed });
  return tf.model({ name: 'link-net', inputs: image, outputs: head.apply(features) as tf.SymbolicTensor });
}

function bottom(deepest: tf.SymbolicTensor, unit: LevelOptions): tf.SymbolicTensor {
  return convolutionUnit(deepest, { ...unit, filters: deepest.shape.at(-1)!, name: 'bottom' });
}

function level(below: tf.SymbolicTensor, own: tf.SymbolicTensor | undefined, { stride, ...unit }: LevelOptions) {
  const name = `link${Math.log2(stride)}`;
  const narrowed = convolutionUnit(below, { ...unit, filters: (own ?? below).shape.at(-1)!, name });
  const enlarge = tf.layers.upSampling2d({ name: `${name}_enlarge`, size: [2, 2], interpolation: 'nearest' });
  const enlarged = enlarge.apply(narrowed) as tf.SymbolicTensor;
  return own ? (tf.layers.add({ name: `${name}_sum` }).apply([enlarged, own]) as tf.SymbolicTensor) : enlarged;
}

export const LINK_NET: Decoder = {
  model,
  bottom,
  level,
  madeOf: [convolutionUnit, bottom, level],
  isOwn: (layerName) => /^(bottom|link\d)(_bn)?$/.test(layerName),
};
