import { ModelError } from '../../errors';
import { DECODERS } from '../decoders';
import type { Encoder, EncoderConvolution } from '../encoders/encoder';
import { VGG19 } from '../encoders/vgg19';
import { LayerWeights, type WeightArray } from './layer-weights';

/** The encoder that weights are to fit. */
export interface EncoderShape {
  /** VGG19 by default. */
  encoder?: Encoder;
  /** Its blocks that take the weights. */
  blocks: readonly number[];
  /** Multiplier of the channel counts. */
  width: number;
  /** Whether batch normalisation stands behind their convolutions. */
  batchNorm: boolean;
  /** Of that batch normalisation. */
  batchNormEpsilon: number;
}

/**
 * The weights that the convolutions of an encoder need, and the batch normalisation behind them if it has any, such that
 * the encoder computes what it computed where the weights come from:
 *
 * - without batch normalisation on either side, kernel and bias as they are;
 * - with it on both, its four weights too; a convolution here has no bias in front of it, so one from elsewhere
 *   (torchvision's) is taken off the running mean, which is the same in training and in inference;
 * - where only the encoder has it, it starts as the layer that adds the bias and changes nothing else (gamma 1, beta 0,
 *   running mean -bias, running variance 1 - epsilon). So a frozen or untrained encoder sees what the old one saw; in
 *   training the batch's own statistics take over, under which a bias cancels;
 * - where only the weights have it, they do not fit.
 *
 * @throws ModelError for layers that are missing, too many or of another shape
 */
export function encoderLayers(source: LayerWeights, shape: EncoderShape): LayerWeights {
  const { encoder = VGG19, blocks, width } = shape;
  const convolutions = encoder.convolutions(width);
  const wanted = convolutions.filter(({ stage }) => blocks.includes(stage));
  requireNetwork(source, encoder, convolutions, wanted);
  const arrays = new Map<string, WeightArray>();
  for (const convolution of wanted)
    for (const [name, array] of convolutionWeights(source, convolution, shape)) arrays.set(name, array);
  return new LayerWeights(source.source, arrays);
}

function convolutionWeights(
  source: LayerWeights,
  { name: layer, batchNorm: norm, kernel: kernelShape }: EncoderConvolution,
  { batchNorm, batchNormEpsilon }: EncoderShape,
): [string, WeightArray][] {
  const outputs = kernelShape[3];
  const kernel = source.require(layer, 'kernel', kernelShape);
  const normalized = source.has(norm);
  if (!batchNorm) {
    if (normalized)
      throw new ModelError(
        `${source.source}: has batch normalisation behind "${layer}", the model expects none there`,
        'set model.batchNorm and model.encoder.batchNorm to true, or take weights without it',
      );
    return [
      [`${layer}/kernel`, kernel],
      [`${layer}/bias`, source.require(layer, 'bias', [outputs])],
    ];
  }
  const vector = (value: (index: number) => number): WeightArray => ({
    shape: [outputs],
    values: Float32Array.from({ length: outputs }, (_, index) => value(index)),
  });
  const taken = (name: string) => source.require(norm, name, [outputs]);
  if (!normalized) {
    const bias = source.require(layer, 'bias', [outputs]).values;
    return [
      [`${layer}/kernel`, kernel],
      [`${norm}/gamma`, vector(() => 1)],
      [`${norm}/beta`, vector(() => 0)],
      [`${norm}/moving_mean`, vector((index) => -bias[index])],
      [`${norm}/moving_variance`, vector(() => 1 - batchNormEpsilon)],
    ];
  }
  const bias = source.find(layer, 'bias') ? source.require(layer, 'bias', [outputs]).values : undefined;
  const mean = taken('moving_mean').values;
  return [
    [`${layer}/kernel`, kernel],
    [`${norm}/gamma`, taken('gamma')],
    [`${norm}/beta`, taken('beta')],
    [`${norm}/moving_mean`, vector((index) => mean[index] - (bias?.[index] ?? 0))],
    [`${norm}/moving_variance`, taken('moving_variance')],
  ];
}

/** Missing and surplus layers are named together: between them they tell which network the file holds. */
function requireNetwork(
  source: LayerWeights,
  encoder: Encoder,
  convolutions: readonly EncoderConvolution[],
  wanted: readonly EncoderConvolution[],
): void {
  const known = new Set(convolutions.flatMap(({ name, batchNorm }) => [name, batchNorm]));
  const missing = wanted.map(({ name }) => name).filter((layer) => !source.has(layer));
  const surplus = source.layers.filter((layer) => !known.has(layer) && !isHead(layer, encoder));
  if (missing.length === 0 && surplus.length === 0) return;
  const problems = [
    missing.length > 0 ? `holds no ${listed(missing)}` : '',
    surplus.length > 0 ? `holds ${listed(surplus)}, which ${encoder.title} does not have` : '',
  ].filter((problem) => problem !== '');
  throw new ModelError(
    `${source.source}: ${problems.join(', and ')}`,
    `choose weights of a ${encoder.title}, or take over only the blocks they have (model.encoder.blocks)`,
  );
}

/** What stands behind an encoder: the published network's own head, this project's classifier and decoders. */
function isHead(layer: string, encoder: Encoder): boolean {
  return layer === 'logits' || encoder.isHead(layer) || Object.values(DECODERS).some(({ isOwn }) => isOwn(layer));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).map((name) => `"${name}"`);
  return names.length > 4 ? `${shown.join(', ')} and ${names.length - 4} more` : shown.join(', ');
}
