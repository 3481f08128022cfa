/**
 * VGG19 (Simonyan & Zisserman 2015): five blocks of 3x3 convolutions, each with a pooling behind it. Layers keep the names
 * Keras gives them (`keras/applications/vgg19.py`), so that weights are handed over by name and never renumbered.
 */
import { contractionBlock, scaledChannels } from '../blocks';
import type { Encoder, EncoderConvolution } from './encoder';

const BLOCKS = [
  { number: 1, convolutions: 2, channels: 64 },
  { number: 2, convolutions: 2, channels: 128 },
  { number: 3, convolutions: 4, channels: 256 },
  { number: 4, convolutions: 4, channels: 512 },
  { number: 5, convolutions: 4, channels: 512 },
].map((block) => ({
  ...block,
  stride: 2 ** (block.number - 1),
  layers: Array.from({ length: block.convolutions }, (_, index) => `block${block.number}_conv${index + 1}`),
}));

export const VGG19: Encoder = {
  name: 'vgg19',
  title: 'VGG19',
  stages: BLOCKS.map(({ number, channels, stride }) => ({ number, channels, stride })),
  stride: 2 ** BLOCKS.length,

  features(image, { widthMultiplier, plainBlocks = [], batchNorm, ...unit }) {
    const stages = [];
    let deepest = image;
    for (const { number, layers, channels } of BLOCKS) {
      const { skip, pooled } = contractionBlock(deepest, {
        ...unit,
        batchNorm: batchNorm && !plainBlocks.includes(number),
        name: `block${number}`,
        layers,
        filters: scaledChannels(channels, widthMultiplier),
      });
      stages.push(skip);
      deepest = pooled;
    }
    return { stages, deepest };
  },

  stageOf(layerName) {
    const block = /^block([1-5])_/.exec(layerName);
    return block ? Number(block[1]) : undefined;
  },

  convolutions(widthMultiplier) {
    let inputs = 3;
    return BLOCKS.flatMap(({ number, layers, channels }) => {
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
    for (const { layers } of BLOCKS) {
      for (const name of layers) {
        modules.set(`features.${number}`, name);
        if (batchNorm) modules.set(`features.${number + 1}`, `${name}_bn`);
        number += batchNorm ? 3 : 2;
      }
      number += 1;
    }
    return { title: batchNorm ? 'VGG19-BN' : 'VGG19', makers: 'vgg19 or vgg19_bn', part: /^features\./, modules };
  },
};
