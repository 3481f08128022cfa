/**
 * VGG16 and VGG19 (Simonyan & Zisserman 2015): five blocks of 3x3 convolutions, each with a pooling behind it. Layers keep the names
 * Keras gives them (`keras/applications/vgg16.py`, `vgg19.py`), so that weights are handed over by name and never renumbered.
 */
import { KERAS_BATCH_NORM_EPSILON } from '../../tensorflow/fused-layers';
import { contractionBlock, convolutionUnit, scaledChannels } from '../blocks';
import type { Encoder, EncoderConvolution } from './encoder';

interface VggOptions {
  name: string;
  title: string;
  /** Convolutions of each block. */
  depths: readonly number[];
}

const CHANNELS = [64, 128, 256, 512, 512];

/** A VGG of five blocks. */
export function vgg({ name, title, depths }: VggOptions): Encoder {
  const blocks = depths.map((depth, index) => ({
    number: index + 1,
    channels: CHANNELS[index],
    layers: Array.from({ length: depth }, (_, layer) => `block${index + 1}_conv${layer + 1}`),
  }));
  return {
    name,
    title,
    stages: blocks.map(({ number, channels }) => ({ number, channels, stride: 2 ** (number - 1) })),
    stride: 2 ** blocks.length,
    keras: { preprocessing: 'caffe', batchNormEpsilon: KERAS_BATCH_NORM_EPSILON },
    differsInTorchvision: false,

    madeOf: [convolutionUnit, contractionBlock],

    stage(input, number, { widthMultiplier, plainBlocks = [], batchNorm, ...unit }) {
      const { layers, channels } = blocks[number - 1];
      return contractionBlock(input, {
        ...unit,
        batchNorm: batchNorm && !plainBlocks.includes(number),
        name: `block${number}`,
        layers,
        filters: scaledChannels(channels, widthMultiplier),
      });
    },

    stageOf(layerName) {
      const block = /^block([1-5])_/.exec(layerName);
      return block ? Number(block[1]) : undefined;
    },

    convolutions(widthMultiplier) {
      let inputs = 3;
      return blocks.flatMap(({ number, layers, channels }) => {
        const outputs = scaledChannels(channels, widthMultiplier);
        return layers.map((name): EncoderConvolution => {
          const kernel = [3, 3, inputs, outputs] as const;
          inputs = outputs;
          return { stage: number, name, batchNorm: `${name}_bn`, kernel };
        });
      });
    },

    isHead: (layerName) => /^(fc1|fc2|predictions)$/.test(layerName),

    // What stands at each number of `features`: convolution, batch normalisation (if any), rectifier; pooling after a block.
    torchvision(batchNorm) {
      const modules = new Map<string, string>();
      let number = 0;
      for (const { layers } of blocks) {
        for (const name of layers) {
          modules.set(`features.${number}`, name);
          if (batchNorm) modules.set(`features.${number + 1}`, `${name}_bn`);
          number += batchNorm ? 3 : 2;
        }
        number += 1;
      }
      return {
        title: batchNorm ? `${title}-BN` : title,
        makers: `${name} or ${name}_bn`,
        part: /^features\./,
        modules,
      };
    },
  };
}
