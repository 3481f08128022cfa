import { tf } from '../tensorflow/tensorflow';
import { type Encoder, type EncoderOptions, encoderFeatures } from './encoders/encoder';
import { VGG19 } from './encoders/vgg19';

export interface ClassifierOptions extends Partial<EncoderOptions> {
  /** Side of the square input in pixels; the encoder's stride must divide it. */
  size: number;
  classes: number;
  /** VGG19 by default. */
  encoder?: Encoder;
}

/**
 * An encoder with global average pooling and one dense layer as its head: what a U-Net's encoder can be taken from.
 * [batch, size, size, 3] to logits [batch, classes].
 */
export function classifier({ size, classes, encoder = VGG19, ...options }: ClassifierOptions): tf.LayersModel {
  const { widthMultiplier = 1, batchNorm = true, seed = 1, ...rest } = options;
  const image = tf.input({ shape: [size, size, 3], name: 'image' });
  const { deepest } = encoderFeatures(encoder, image, { widthMultiplier, batchNorm, seed, ...rest });
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(deepest);
  const kernelInitializer = tf.initializers.glorotUniform({ seed });
  const logits = tf.layers.dense({ units: classes, name: 'logits', kernelInitializer }).apply(pooled);
  return tf.model({ name: encoder.name, inputs: image, outputs: logits as tf.SymbolicTensor });
}
