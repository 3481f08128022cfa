import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { experimentSchema } from '../../src/experiment/schema';
import { buildExperimentModel } from '../../src/model/build-model';
import { fixture, SHARE } from './weights/parity';

/**
 * What training begins with is the same bit for bit, and so is the order in which a checkpoint holds it, since the first
 * release: layers, which of them are trained, names and values of their weights. A run that was made then is taken up now.
 */
const keras = fixture('keras-vgg19.h5');
test.each([
  ['a U-Net at random', 'segmentation', {}, '4a9f9d2a8af91edf'],
  ['without batch normalisation', 'segmentation', { batchNorm: false }, '2711e370dbacdb7f'],
  [
    'with bare blocks of Keras',
    'segmentation',
    { encoder: { weights: keras, blocks: [1, 2], batchNorm: false, skipBatchNorm: true, freeze: [1] } },
    '2ad80837cc4a1426',
  ],
  [
    'with those of torchvision',
    'segmentation',
    { encoder: { weights: fixture('torchvision-vgg19-bn.safetensors') } },
    '5b35c7d66a2d4981',
  ],
  ['a classifier', 'classification', { encoder: { weights: keras, blocks: [1] } }, 'aca03f5718885b41'],
] as const)('%s', async (_, task, model, expected) => {
  const settings = {
    name: 'x',
    task,
    seed: 3,
    notebooks: ['x.ipynb'],
    data: { size: 32 },
    model: { width: SHARE, ...model },
  };
  const built = await buildExperimentModel(experimentSchema.parse(settings));
  const hash = createHash('sha256');
  for (const layer of built.model.layers) {
    hash.update(`${layer.name} ${layer.trainable} ${layer.weights.map(({ originalName }) => originalName)}\n`);
    for (const weight of layer.getWeights()) hash.update(new Uint8Array(Float32Array.from(weight.dataSync()).buffer));
  }
  built.model.dispose();
  expect(hash.digest('hex').slice(0, 16)).toBe(expected);
});
