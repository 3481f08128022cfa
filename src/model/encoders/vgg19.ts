/**
 * VGG19 (Simonyan & Zisserman 2015): five groups of 3x3 convolutions. Layers keep the names Keras gives them
 * (`keras/applications/vgg19.py`), so that weights are handed over by name and never renumbered.
 */
import { BatchNormalization, Convolution, Rectifier } from '../../tensorflow/fused-layers';
import { tf } from '../../tensorflow/tensorflow';

export interface Vgg19Block {
  /** 1 to 5. */
  readonly number: number;
  readonly layers: readonly string[];
  /** At width 1. */
  readonly channels: number;
}

export const VGG19_BLOCKS: readonly Vgg19Block[] = [
  block(1, 2, 64),
  block(2, 2, 128),
  block(3, 4, 256),
  block(4, 4, 512),
  block(5, 4, 512),
];

/** The factor between the input's sides and those of the deepest features: five times halved. */
export const VGG19_STRIDE = 2 ** VGG19_BLOCKS.length;

export interface ConvolutionUnitOptions {
  name: string;
  filters: number;
  batchNorm: boolean;
  /** Keras's by default; weights trained under another one want theirs. */
  batchNormEpsilon?: number;
  seed: number;
}

/**
 * A 3x3 convolution with what follows it: batch normalisation (if wanted) and the rectifier. With batch normalisation
 * the convolution has no bias, since the mean is taken out again right behind it.
 *
 * @param input [batch, height, width, channels]
 * @returns [batch, height, width, filters], at least 0
 */
export function convolutionUnit(input: tf.SymbolicTensor, options: ConvolutionUnitOptions): tf.SymbolicTensor {
  const { name, filters, batchNorm, batchNormEpsilon, seed } = options;
  const convolution = { name, filters, kernelSize: 3, seed };
  if (!batchNorm)
    return new Convolution({ ...convolution, useBias: true, activation: 'relu' }).apply(input) as tf.SymbolicTensor;
  const features = new Convolution({ ...convolution, useBias: false }).apply(input);
  const normalized = new BatchNormalization({ name: `${name}_bn`, epsilon: batchNormEpsilon }).apply(features);
  return new Rectifier({ name: `${name}_relu` }).apply(normalized) as tf.SymbolicTensor;
}

export interface Vgg19Options {
  /** Side of the square input in pixels; 32 must divide it. */
  size: number;
  classes: number;
  width?: number;
  batchNorm?: boolean;
  batchNormEpsilon?: number;
  /** Groups (1 to 5) that have no batch normalisation even so. */
  plainBlocks?: readonly number[];
  seed?: number;
}

/**
 * VGG19 with global average pooling and one dense layer as its head: the classifier whose encoder a U-Net can take over.
 * [batch, size, size, 3] to logits [batch, classes].
 */
export function vgg19Classifier({
  size,
  classes,
  width = 1,
  batchNorm = true,
  batchNormEpsilon,
  plainBlocks = [],
  seed = 1,
}: Vgg19Options): tf.LayersModel {
  const image = tf.input({ shape: [size, size, 3], name: 'image' });
  let features = image;
  for (const { number, layers, channels } of VGG19_BLOCKS) {
    const normalization = { batchNorm: batchNorm && !plainBlocks.includes(number), batchNormEpsilon };
    const unit = { filters: scaledChannels(channels, width), ...normalization, seed };
    for (const name of layers) features = convolutionUnit(features, { ...unit, name });
    features = maxPool(features, `block${number}_pool`);
  }
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(features);
  const kernelInitializer = tf.initializers.glorotUniform({ seed });
  const logits = tf.layers.dense({ units: classes, name: 'logits', kernelInitializer }).apply(pooled);
  return tf.model({ name: 'vgg19', inputs: image, outputs: logits as tf.SymbolicTensor });
}

/** Halves both sides: [batch, height, width, channels] to [batch, height / 2, width / 2, channels]. */
export function maxPool(input: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers.maxPooling2d({ poolSize: 2, strides: 2, name }).apply(input) as tf.SymbolicTensor;
}

/** @returns `channels` times `width`, at least 1. */
export function scaledChannels(channels: number, width: number): number {
  return Math.max(1, Math.round(channels * width));
}

function block(number: number, count: number, channels: number): Vgg19Block {
  const layers = Array.from({ length: count }, (_, index) => `block${number}_conv${index + 1}`);
  return { number, layers, channels };
}
