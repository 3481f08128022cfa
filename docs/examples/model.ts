import { contractionBlock } from '../../src/model/blocks';
import { scaledChannels, VGG19_BLOCKS } from '../../src/model/encoders/vgg19';
import { Convolution } from '../../src/tensorflow/fused-layers';
import { tf } from '../../src/tensorflow/tensorflow';

export interface FullyConvolutionalOptions {
  /** Side of the square input in pixels; 8 must divide it. */
  size: number;
  classes: number;
  /** Multiplies every channel count. */
  width?: number;
  seed?: number;
}

/**
 * A fully convolutional network (Long, Shelhamer & Darrell 2015): three of VGG19's groups, scores for each class at an
 * eighth of the size, enlarged. [batch, size, size, 3] to logits [batch, size, size, classes].
 */
export function fullyConvolutional({ size, classes, width = 1, seed = 1 }: FullyConvolutionalOptions): tf.LayersModel {
  const image = tf.input({ shape: [size, size, 3], name: 'image' });
  let features = image;
  for (const { number, layers, channels } of VGG19_BLOCKS.slice(0, 3)) {
    const block = { name: `block${number}`, layers, filters: scaledChannels(channels, width), batchNorm: true, seed };
    features = contractionBlock(features, block).pooled;
  }
  const head = new Convolution({ name: 'logits', filters: classes, kernelSize: 1, useBias: true, seed });
  const enlarge = tf.layers.upSampling2d({ name: 'enlarge', size: [8, 8], interpolation: 'bilinear' });
  const outputs = enlarge.apply(head.apply(features)) as tf.SymbolicTensor;
  return tf.model({ name: 'fully-convolutional', inputs: image, outputs });
}
