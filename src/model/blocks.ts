/** What networks are made of here: convolutions with what follows them, and the two blocks of the U-Net. */
import { BatchNormalization, Convolution, Rectifier, UpConvolution } from '../tensorflow/fused-layers';
import { tf } from '../tensorflow/tensorflow';

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

/** Halves both sides: [batch, height, width, channels] to [batch, height / 2, width / 2, channels]. */
export function maxPool(input: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers.maxPooling2d({ poolSize: 2, strides: 2, name }).apply(input) as tf.SymbolicTensor;
}

/** @returns `channels` times `widthMultiplier`, at least 1. */
export function scaledChannels(channels: number, widthMultiplier: number): number {
  return Math.max(1, Math.round(channels * widthMultiplier));
}

export interface ContractionBlockOptions extends Omit<ConvolutionUnitOptions, 'name'> {
  /** Such as `block1`; names the pooling layer. */
  name: string;
  /** Names of the convolutions, in order. */
  layers: readonly string[];
}

export interface Contraction {
  /** What the block saw before pooling, for the expansion block of the same size: [batch, height, width, filters]. */
  skip: tf.SymbolicTensor;
  /** [batch, height / 2, width / 2, filters] */
  pooled: tf.SymbolicTensor;
}

/** The U-Net's way down (Ronneberger, Fischer & Brox 2015): 3x3 convolutions, then half the size. */
export function contractionBlock(input: tf.SymbolicTensor, options: ContractionBlockOptions): Contraction {
  const { name, layers, ...unit } = options;
  const skip = layers.reduce((features, layer) => convolutionUnit(features, { ...unit, name: layer }), input);
  return { skip, pooled: maxPool(skip, `${name}_pool`) };
}

/**
 * The U-Net's way up: doubles both sides, sets the contraction block's features beside the result and mixes them by two
 * convolutions.
 *
 * @param input [batch, height / 2, width / 2, channels]
 * @param skip [batch, height, width, channels]; where the encoder has nothing of that size, undefined
 * @param options its name is such as `up1`
 * @returns [batch, height, width, filters]
 */
export function expansionBlock(
  input: tf.SymbolicTensor,
  skip: tf.SymbolicTensor | undefined,
  { name, filters, seed, ...normalization }: ConvolutionUnitOptions,
): tf.SymbolicTensor {
  const enlarged = new UpConvolution({ name: `${name}_transpose`, filters, seed }).apply(input) as tf.SymbolicTensor;
  const joined = skip ? beside(enlarged, skip, `${name}_concat`) : enlarged;
  const first = convolutionUnit(joined, { name: `${name}_conv1`, filters, seed, ...normalization });
  return convolutionUnit(first, { name: `${name}_conv2`, filters, seed, ...normalization });
}

function beside(one: tf.SymbolicTensor, other: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers.concatenate({ name }).apply([one, other]) as tf.SymbolicTensor;
}
