import { ModelError } from '../../errors';
import { BatchNormalization } from '../../tensorflow/fused-layers';
import { tf } from '../../tensorflow/tensorflow';
import {
  type Encoder,
  type EncoderFeatures,
  type EncoderOptions,
  encoderFeatures,
  type SourceFunction,
} from '../encoders/encoder';
import { VGG19 } from '../encoders/vgg19';

/** What a network that gives every pixel a class is built from. */
export interface SegmentationOptions extends Partial<EncoderOptions> {
  /** In pixels; the encoder's stride must divide it. */
  height: number;
  width: number;
  /** One channel of the output a class. */
  classes: number;
  /** VGG19 by default. */
  encoder?: Encoder;
  /** Multiplies the channel counts of the decoder instead. */
  decoderWidthMultiplier?: number;
  /** Batch normalisation of what the stages without one hand over to the decoder. */
  skipBatchNorm?: boolean;
}

/** What the blocks of a decoder are made by. */
export interface LevelOptions
  extends Pick<EncoderOptions, 'widthMultiplier' | 'batchNorm' | 'batchNormEpsilon' | 'seed'> {
  /** How many pixels of the picture, along a side, one feature of the level stands for. */
  stride: number;
}

export interface Decoder {
  /**
   * @returns a model from [batch, height, width, 3] to logits [batch, height, width, classes]
   * @throws ModelError for a size that the encoder's stride does not divide
   */
  model(options: SegmentationOptions): tf.LayersModel;
  /** Its deepest block, which takes what the encoder's last stage hands on, at the same size. */
  bottom(deepest: tf.SymbolicTensor, options: LevelOptions): tf.SymbolicTensor;
  /**
   * One of its other blocks: enlarges what comes from below, and joins it with what the encoder hands over.
   *
   * @param below [batch, height / 2, width / 2, channels]
   * @param own [batch, height, width, channels]; undefined where the encoder has nothing of that size
   * @returns [batch, height, width, channels]
   */
  level(below: tf.SymbolicTensor, own: tf.SymbolicTensor | undefined, options: LevelOptions): tf.SymbolicTensor;
  /** The functions that these are made of, the innermost first, for readers. */
  readonly madeOf: readonly SourceFunction[];
  /** Whether a layer of that name is one of its own, behind the encoder. */
  isOwn(layerName: string): boolean;
}

/**
 * What every decoder begins with: a picture, and an encoder on it.
 *
 * @returns the picture, [batch, height, width, 3]; the encoder's deepest features and their stride; the seed of random layers;
 *   what the encoder hands over at a stride, undefined where it has nothing of that size; what the decoder's block there is
 *   made by
 * @throws ModelError for a size that the encoder's stride does not divide
 */
export function encodedPicture(options: SegmentationOptions) {
  const { height, width, encoder = VGG19, widthMultiplier = 1, batchNorm = true, seed = 1 } = options;
  requireDivisible({ height, width }, encoder);
  const unit = { batchNorm, batchNormEpsilon: options.batchNormEpsilon, seed };
  const own = { ...unit, widthMultiplier: options.decoderWidthMultiplier ?? widthMultiplier };
  const image = tf.input({ shape: [height, width, 3], name: 'image' });
  const features = encoderFeatures(encoder, image, { ...options, ...unit, widthMultiplier });
  return {
    image,
    deepest: features.deepest,
    coarsest: encoder.stride,
    seed,
    handedOver: (stride: number) => handedOver(features, stride, encoder, options),
    at: (stride: number): LevelOptions => ({ ...own, stride }),
  };
}

/** Normalised if that is wanted of the encoder's bare blocks. */
function handedOver(
  { stages }: EncoderFeatures,
  stride: number,
  encoder: Encoder,
  { skipBatchNorm = false, plainBlocks = [], batchNormEpsilon }: SegmentationOptions,
): tf.SymbolicTensor | undefined {
  const index = encoder.stages.findIndex((stage) => stage.stride === stride);
  if (!skipBatchNorm || !plainBlocks.includes(index + 1)) return stages[index];
  const norm = new BatchNormalization({ name: `skip${index + 1}_bn`, epsilon: batchNormEpsilon });
  return norm.apply(stages[index]) as tf.SymbolicTensor;
}

/** @throws ModelError for a height or width that the encoder's stride does not divide */
function requireDivisible({ height, width }: { height: number; width: number }, encoder: Encoder): void {
  const { stride } = encoder;
  for (const [side, pixels] of Object.entries({ height, width })) {
    if (Number.isInteger(pixels) && pixels > 0 && pixels % stride === 0) continue;
    const below = Math.floor(pixels / stride) * stride;
    throw new ModelError(
      `image ${side} of ${pixels} pixels: ${encoder.title} makes it ${stride} times smaller, so ${stride} must divide it`,
      `choose ${below > 0 ? `${below} or ` : ''}${below + stride}`,
    );
  }
}
