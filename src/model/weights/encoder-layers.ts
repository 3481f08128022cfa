import { ModelError } from '../../errors';
import { scaledChannels, VGG19_BLOCKS } from '../encoders/vgg19';
import { LayerWeights, type WeightArray } from './layer-weights';

/** The encoder that weights are to fit. */
export interface EncoderShape {
  /** Groups (1 to 5) that take the weights. */
  blocks: readonly number[];
  /** Multiplier of the channel counts. */
  width: number;
  /** Whether batch normalisation stands behind their convolutions. */
  batchNorm: boolean;
  /** Of that batch normalisation. */
  batchNormEpsilon: number;
}

const CONVOLUTIONS = new Set(VGG19_BLOCKS.flatMap(({ layers }) => layers));
/** What stands behind an encoder: Keras's classifier, this project's classifier and U-Net. */
const HEADS = /^(fc1|fc2|predictions|logits|bottleneck_conv\d(_bn)?|up\d_(transpose|conv\d(_bn)?))$/;

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
  requireVgg19(source, shape.blocks);
  const arrays = new Map<string, WeightArray>();
  let inputs = 3;
  for (const { number, layers, channels } of VGG19_BLOCKS) {
    const outputs = scaledChannels(channels, shape.width);
    for (const layer of layers) {
      if (shape.blocks.includes(number))
        for (const [name, array] of convolutionWeights(source, layer, inputs, outputs, shape)) arrays.set(name, array);
      inputs = outputs;
    }
  }
  return new LayerWeights(source.source, arrays);
}

function convolutionWeights(
  source: LayerWeights,
  layer: string,
  inputs: number,
  outputs: number,
  { batchNorm, batchNormEpsilon }: EncoderShape,
): [string, WeightArray][] {
  const kernel = source.require(layer, 'kernel', [3, 3, inputs, outputs]);
  const normalized = source.has(`${layer}_bn`);
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
  const taken = (name: string) => source.require(`${layer}_bn`, name, [outputs]);
  if (!normalized) {
    const bias = source.require(layer, 'bias', [outputs]).values;
    return [
      [`${layer}/kernel`, kernel],
      [`${layer}_bn/gamma`, vector(() => 1)],
      [`${layer}_bn/beta`, vector(() => 0)],
      [`${layer}_bn/moving_mean`, vector((index) => -bias[index])],
      [`${layer}_bn/moving_variance`, vector(() => 1 - batchNormEpsilon)],
    ];
  }
  const bias = source.find(layer, 'bias') ? source.require(layer, 'bias', [outputs]).values : undefined;
  const mean = taken('moving_mean').values;
  return [
    [`${layer}/kernel`, kernel],
    [`${layer}_bn/gamma`, taken('gamma')],
    [`${layer}_bn/beta`, taken('beta')],
    [`${layer}_bn/moving_mean`, vector((index) => mean[index] - (bias?.[index] ?? 0))],
    [`${layer}_bn/moving_variance`, taken('moving_variance')],
  ];
}

/** Missing and surplus layers are named together: between them they tell which network the file holds. */
function requireVgg19(source: LayerWeights, blocks: readonly number[]): void {
  const wanted = VGG19_BLOCKS.filter(({ number }) => blocks.includes(number)).flatMap(({ layers }) => layers);
  const missing = wanted.filter((layer) => !source.has(layer));
  const surplus = source.layers.filter((layer) => !CONVOLUTIONS.has(layer.replace(/_bn$/, '')) && !HEADS.test(layer));
  if (missing.length === 0 && surplus.length === 0) return;
  const problems = [
    missing.length > 0 ? `holds no ${listed(missing)}` : '',
    surplus.length > 0 ? `holds ${listed(surplus)}, which VGG19 does not have` : '',
  ].filter((problem) => problem !== '');
  throw new ModelError(
    `${source.source}: ${problems.join(', and ')}`,
    'choose weights of a VGG19, or take over only the blocks they have (model.encoder.blocks)',
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).map((name) => `"${name}"`);
  return names.length > 4 ? `${shown.join(', ')} and ${names.length - 4} more` : shown.join(', ');
}
