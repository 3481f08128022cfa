/**
 * ResNet-50 (He, Zhang, Ren & Sun 2016): a 7x7 convolution, and four stages of bottleneck blocks. Layers keep the names Keras
 * gives them (`keras/applications/resnet.py`). Keras halves the size in a block's first convolution, as the paper does;
 * torchvision in its second ("version 1.5"). Which of the two it is follows from where the weights come from.
 */
import { BatchNormalization, Convolution, Rectifier } from '../../tensorflow/fused-layers';
import { tf } from '../../tensorflow/tensorflow';
import { type Contraction, scaledChannels } from '../blocks';
import type { Encoder, EncoderConvolution, EncoderOptions } from './encoder';

/** Channels inside the blocks of stages 2 to 5; a block hands over four times as many. */
const STAGES = [
  { number: 2, blocks: 3, channels: 64 },
  { number: 3, blocks: 4, channels: 128 },
  { number: 4, blocks: 6, channels: 256 },
  { number: 5, blocks: 3, channels: 512 },
];
const STEM_CHANNELS = 64;

export const RESNET50: Encoder = {
  name: 'resnet50',
  title: 'ResNet-50',
  stages: [
    { number: 1, channels: STEM_CHANNELS, stride: 2 },
    ...STAGES.map(({ number, channels }) => ({ number, channels: 4 * channels, stride: 2 ** number })),
  ],
  stride: 32,
  keras: { preprocessing: 'caffe', batchNormEpsilon: 1.001e-5 },
  differsInTorchvision: true,

  madeOf: [unit, stem, bottleneckBlock],

  stage(input, number, options) {
    if (number === 1) return stem(input, options);
    const { blocks, channels } = STAGES[number - 2];
    const filters = scaledChannels(channels, options.widthMultiplier);
    let features = input;
    for (let block = 1; block <= blocks; block += 1)
      features = bottleneckBlock(features, number, block, filters, options);
    return { skip: features, pooled: features };
  },

  stageOf(layerName) {
    const stage = /^conv([1-5])_/.exec(layerName);
    return stage ? Number(stage[1]) : undefined;
  },

  convolutions(widthMultiplier) {
    const stem = scaledChannels(STEM_CHANNELS, widthMultiplier);
    const all: EncoderConvolution[] = [named(1, 'conv1', [7, 7, 3, stem])];
    let inputs = stem;
    for (const { number, blocks, channels } of STAGES)
      for (let block = 1; block <= blocks; block += 1) {
        const inner = scaledChannels(channels, widthMultiplier);
        const name = `conv${number}_block${block}`;
        if (block === 1) all.push(named(number, `${name}_0`, [1, 1, inputs, 4 * inner]));
        all.push(named(number, `${name}_1`, [1, 1, inputs, inner]));
        all.push(named(number, `${name}_2`, [3, 3, inner, inner]));
        all.push(named(number, `${name}_3`, [1, 1, inner, 4 * inner]));
        inputs = 4 * inner;
      }
    return all;
  },

  isHead: (layerName) => /^(predictions|probs)$/.test(layerName),

  torchvision() {
    const modules = RESNET50.convolutions(1).flatMap(({ name, batchNorm }) => {
      const [, stage, block, part = '1'] = /^conv(\d)_(?:block(\d)_(\d)_)?conv$/.exec(name)!;
      const [convolution, norm] = part === '0' ? ['downsample.0', 'downsample.1'] : [`conv${part}`, `bn${part}`];
      const within = block ? `layer${Number(stage) - 1}.${Number(block) - 1}.` : '';
      return [[within + convolution, name] as const, [within + norm, batchNorm] as const];
    });
    return { title: 'ResNet-50', makers: 'resnet50', part: /^(conv1|bn1|layer\d)\./, modules: new Map(modules) };
  },
};

function named(stage: number, name: string, kernel: [number, number, number, number]): EncoderConvolution {
  return { stage, name: `${name}_conv`, batchNorm: `${name}_bn`, kernel };
}

/** The first stage: a 7x7 convolution at half the size; its strongest answers, at a quarter, are handed on. */
function stem(image: tf.SymbolicTensor, options: EncoderOptions): Contraction {
  const first = { kernelSize: 7, stride: 2, filters: scaledChannels(STEM_CHANNELS, options.widthMultiplier) };
  const skip = unit(padded(image, 3, 'conv1_pad'), 1, 'conv1', first, options);
  const pooling = { poolSize: 3, strides: 2, padding: 'valid' as const, name: 'pool1_pool' };
  const pooled = tf.layers.maxPooling2d(pooling).apply(padded(skip, 1, 'pool1_pad')) as tf.SymbolicTensor;
  return { skip, pooled };
}

/**
 * A block with a way around it: 1x1 to few channels, 3x3, 1x1 to four times as many, added to what came in.
 *
 * @param filters of the first two convolutions
 */
function bottleneckBlock(
  input: tf.SymbolicTensor,
  stage: number,
  block: number,
  filters: number,
  options: EncoderOptions,
): tf.SymbolicTensor {
  const name = `conv${stage}_block${block}`;
  const halving = block === 1 && stage > 2 ? 2 : 1;
  const [first, second] = options.variant === 'torchvision' ? [1, halving] : [halving, 1];
  const part = (features: tf.SymbolicTensor, number: number, own: Partial<UnitOptions>) =>
    unit(features, stage, `${name}_${number}`, { kernelSize: 1, stride: 1, filters, ...own }, options);

  const around = block === 1 ? part(input, 0, { stride: halving, filters: 4 * filters, rectified: false }) : input;
  const reduced = part(input, 1, { stride: first });
  const inside = second === 1 ? reduced : padded(reduced, 1, `${name}_2_pad`);
  const spatial = part(inside, 2, { kernelSize: 3, stride: second });
  const widened = part(spatial, 3, { filters: 4 * filters, rectified: false });
  const sum = tf.layers.add({ name: `${name}_add` }).apply([around, widened]) as tf.SymbolicTensor;
  return new Rectifier({ name: `${name}_out` }).apply(sum) as tf.SymbolicTensor;
}

interface UnitOptions {
  kernelSize: number;
  stride: number;
  filters: number;
  /** By default none where it halves the size: zeros are added before. */
  padding?: 'same' | 'valid';
  /** Whether a rectifier follows; it does by default. */
  rectified?: boolean;
}

/** A convolution with batch normalisation, if the model has any, and mostly the rectifier. */
function unit(
  input: tf.SymbolicTensor,
  stage: number,
  name: string,
  { kernelSize, stride, filters, padding = stride === 1 ? 'same' : 'valid', rectified = true }: UnitOptions,
  { batchNorm, batchNormEpsilon, plainBlocks = [], seed }: EncoderOptions,
): tf.SymbolicTensor {
  const normalized = batchNorm && !plainBlocks.includes(stage);
  const shape = { filters, kernelSize, stride, padding };
  let features = new Convolution({ name: `${name}_conv`, ...shape, useBias: !normalized, seed }).apply(input);
  if (normalized) features = new BatchNormalization({ name: `${name}_bn`, epsilon: batchNormEpsilon }).apply(features);
  if (rectified) features = new Rectifier({ name: `${name}_relu` }).apply(features);
  return features as tf.SymbolicTensor;
}

/** Zeros on all four sides. */
function padded(input: tf.SymbolicTensor, pixels: number, name: string): tf.SymbolicTensor {
  return tf.layers.zeroPadding2d({ padding: pixels, name }).apply(input) as tf.SymbolicTensor;
}
