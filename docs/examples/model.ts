import type { SegmentationOptions } from '../../src/model/decoders/decoder';
import { encoderFeatures } from '../../src/model/encoders/encoder';
import { VGG19 } from '../../src/model/encoders/vgg19';
import { Convolution } from '../../src/tensorflow/fused-layers';
import { tf } from '../../src/tensorflow/tensorflow';

/**
 * A fully convolutional network (Long, Shelhamer & Darrell 2015): scores for each class at an eighth of the size, from the
 * encoder's stage that has it, enlarged. [batch, height, width, 3] to logits [batch, height, width, classes].
 */
export function fullyConvolutional(options: SegmentationOptions): tf.LayersModel {
  const { height, width, classes, encoder = VGG19, widthMultiplier = 1, batchNorm = true, seed = 1 } = options;
  const image = tf.input({ shape: [height, width, 3], name: 'image' });
  const { stages } = encoderFeatures(encoder, image, { ...options, widthMultiplier, batchNorm, seed });
  const eighth = stages[encoder.stages.findIndex(({ stride }) => stride === 8)];
  const head = new Convolution({ name: 'logits', filters: classes, kernelSize: 1, useBias: true, seed });
  const enlarge = tf.layers.upSampling2d({ name: 'enlarge', size: [8, 8], interpolation: 'bilinear' });
  const outputs = enlarge.apply(head.apply(eighth)) as tf.SymbolicTensor;
  return tf.model({ name: 'fully-convolutional', inputs: image, outputs });
}
