/** The two building blocks of the U-Net (Ronneberger, Fischer & Brox 2015), on VGG19's groups of layers. */
import { UpConvolution } from '../tensorflow/fused-layers';
import { tf } from '../tensorflow/tensorflow';
import { convolutionUnit, maxPool } from './encoders/vgg19';

export interface ContractionBlockOptions {
  /** Such as `block1`; names the pooling layer. */
  name: string;
  /** Names of the convolutions, in order. */
  layers: readonly string[];
  filters: number;
  batchNorm: boolean;
  batchNormEpsilon?: number;
  seed: number;
}

export interface Contraction {
  /** What the block saw before pooling, for the expansion block of the same size: [batch, height, width, filters]. */
  skip: tf.SymbolicTensor;
  /** [batch, height / 2, width / 2, filters] */
  pooled: tf.SymbolicTensor;
}

export function contractionBlock(input: tf.SymbolicTensor, options: ContractionBlockOptions): Contraction {
  const { name, layers, ...unit } = options;
  const skip = layers.reduce((features, layer) => convolutionUnit(features, { ...unit, name: layer }), input);
  return { skip, pooled: maxPool(skip, `${name}_pool`) };
}

export interface ExpansionBlockOptions {
  /** Such as `up1`. */
  name: string;
  filters: number;
  batchNorm: boolean;
  batchNormEpsilon?: number;
  seed: number;
}

/**
 * Doubles both sides, sets the contraction block's features beside the result and mixes them by two convolutions.
 *
 * @param input [batch, height / 2, width / 2, channels]
 * @param skip [batch, height, width, channels]
 * @returns [batch, height, width, filters]
 */
export function expansionBlock(
  input: tf.SymbolicTensor,
  skip: tf.SymbolicTensor,
  { name, filters, seed, ...normalization }: ExpansionBlockOptions,
): tf.SymbolicTensor {
  const enlarged = new UpConvolution({ name: `${name}_transpose`, filters, seed }).apply(input) as tf.SymbolicTensor;
  const joined = tf.layers.concatenate({ name: `${name}_concat` }).apply([enlarged, skip]) as tf.SymbolicTensor;
  const first = convolutionUnit(joined, { name: `${name}_conv1`, filters, seed, ...normalization });
  return convolutionUnit(first, { name: `${name}_conv2`, filters, seed, ...normalization });
}
