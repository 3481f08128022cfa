import type { PreprocessingName } from '../../data/preprocessing';
import type { tf } from '../../tensorflow/tensorflow';
import type { Contraction } from '../blocks';

/** The layers of an encoder that work at one size, named by number in `model.encoder.blocks` and `freeze`. */
export interface EncoderStage {
  /** Counted from 1. */
  readonly number: number;
  /** What it hands over, at width 1. */
  readonly channels: number;
  /** How many pixels of the picture, along a side, one of its features stands for. */
  readonly stride: number;
}

/** A convolution, and the batch normalisation behind it where the model has any. */
export interface EncoderConvolution {
  readonly stage: number;
  readonly name: string;
  /** Name of the batch normalisation. */
  readonly batchNorm: string;
  /** [height, width, inputs, outputs] */
  readonly kernel: readonly [number, number, number, number];
}

export const ENCODER_VARIANTS = ['keras', 'torchvision'] as const;
export type EncoderVariant = (typeof ENCODER_VARIANTS)[number];

export interface EncoderOptions {
  /** Multiplies every channel count. */
  widthMultiplier: number;
  batchNorm: boolean;
  /** Keras's when absent. */
  batchNormEpsilon?: number;
  /** Stages that have no batch normalisation even so. */
  plainBlocks?: readonly number[];
  /** Whose network it is, where theirs differ; Keras's by default. */
  variant?: EncoderVariant;
  /** Of the random weights. */
  seed: number;
}

export interface EncoderFeatures {
  /** What each stage hands over: [batch, height / stride, width / stride, channels], the shallowest first. */
  stages: tf.SymbolicTensor[];
  /** What the deepest layers need: [batch, height / stride, width / stride, channels] by the encoder's own stride. */
  deepest: tf.SymbolicTensor;
}

export interface TorchvisionNetwork {
  /** Such as `VGG19-BN`. */
  title: string;
  /** The functions that make it: `vgg19 or vgg19_bn`. */
  makers: string;
  /** What names of tensors begin with that belong to the encoder, not to the head behind it. */
  part: RegExp;
  /** Layers by the modules that torchvision makes them of: `features.0` is `block1_conv1`. */
  modules: ReadonlyMap<string, string>;
}

/** A function of `src` whose source is shown to readers, whatever it takes. */
export type SourceFunction = (...parameters: never[]) => unknown;

/** All that decoders, classifiers and weights may ask of an encoder. Layers keep the names that Keras gives them. */
export interface Encoder {
  /** As `keras/applications` names it: `vgg19`. */
  readonly name: string;
  /** As its authors write it: `VGG19`. */
  readonly title: string;
  /** The shallowest first; numbers ascend from 1. */
  readonly stages: readonly EncoderStage[];
  /** The factor between the picture's sides, which it must divide, and those of the deepest features. */
  readonly stride: number;
  /** How Keras's weights of it are to be used. */
  readonly keras: { preprocessing: PreprocessingName; batchNormEpsilon: number };
  /** Whether torchvision's network computes something else than Keras's. */
  readonly differsInTorchvision: boolean;
  /**
   * One of its stages by itself.
   *
   * @param input what the stage before hands on; the picture for the first
   * @param number counted from 1
   * @returns what it hands over to the decoder, and what it hands on: the same where the next stage does the halving
   */
  stage(input: tf.SymbolicTensor, number: number, options: EncoderOptions): Contraction;
  /** The functions that a stage is made of, the innermost first, for readers. */
  readonly madeOf: readonly SourceFunction[];
  /** @returns the stage that a layer of any model belongs to, by its name; undefined for layers of other parts */
  stageOf(layerName: string): number | undefined;
  /** Every convolution in the order of the data, with the shape that weights must have to fit it. */
  convolutions(widthMultiplier: number): EncoderConvolution[];
  /** Whether a layer of that name stands behind the encoder in the published network, and is passed over. */
  isHead(layerName: string): boolean;
  /** torchvision's network of the same layers. */
  torchvision(batchNorm: boolean): TorchvisionNetwork;
}

/** The stages of an encoder, one after the other. @param image [batch, height, width, 3] */
export function encoderFeatures(encoder: Encoder, image: tf.SymbolicTensor, options: EncoderOptions): EncoderFeatures {
  let deepest = image;
  const stages = encoder.stages.map(({ number }) => {
    const { skip, pooled } = encoder.stage(deepest, number, options);
    deepest = pooled;
    return skip;
  });
  return { stages, deepest };
}
