import { expect, test } from 'bun:test';
import { fpn } from '../../../src/model/decoders/fpn';
import type { Encoder } from '../../../src/model/encoders/encoder';
import { RESNET50 } from '../../../src/model/encoders/resnet50';
import { UpConvolution } from '../../../src/tensorflow/fused-layers';
import { tf } from '../../../src/tensorflow/tensorflow';

test('ResNet-50 with 256 channels in the pyramid and 128 in the head, counted by hand', () => {
  const model = fpn({ height: 32, width: 32, classes: 8, encoder: RESNET50 });
  const own = model.layers
    .filter(({ name }) => RESNET50.stageOf(name) === undefined)
    .reduce((sum, layer) => sum + layer.countParams(), 0);
  model.dispose();
  const laterals = (256 + 512 + 1024 + 2048) * 256 + 4 * 256;
  const smooth = 4 * (9 * 256 * 256 + 256);
  // Levels of stride 32, 16, 8 and 4 take 3, 2, 1 and 1 convolutions; the first of each sees 256 channels. Batch norm: 4 each.
  const head = 4 * (9 * 256 * 128 + 4 * 128) + 3 * (9 * 128 * 128 + 4 * 128);
  const scores = 128 * 8 + 8 + 8 * 8 * 8 * 8 + 8;
  expect(own).toBe(laterals + smooth + head + scores);
});

/** Stages that hand the picture over, averaged down; as many channels as the picture has. */
const averages: Encoder = {
  ...RESNET50,
  stage: (input, number) => {
    const pooling = tf.layers.averagePooling2d({ poolSize: 2, strides: 2, name: `average${number}` });
    const averages = pooling.apply(input) as tf.SymbolicTensor;
    return { skip: averages, pooled: averages };
  },
};

test('levels are added from the deepest up, and the head adds the levels', () => {
  const model = fpn({
    height: 64,
    width: 64,
    classes: 2,
    encoder: averages,
    widthMultiplier: 1 / 64,
    batchNorm: false,
  });
  // Laterals add up the three channels; 3x3 kernels pass their input on; the scores add up the head's two channels.
  for (const layer of model.layers) {
    if (layer.weights.length === 0 || layer.name === 'enlarge') continue;
    const [kernel, bias] = layer.weights.map(({ shape }) => shape as number[]);
    const [size, , inputs, outputs] = kernel;
    const all = layer.name.endsWith('lateral') || layer.name === 'logits';
    const values = Array.from({ length: size ** 2 * inputs * outputs }, (_, index) => {
      const place = Math.floor(index / (inputs * outputs));
      const [input, output] = [Math.floor(index / outputs) % inputs, index % outputs];
      return all || (place === (size ** 2 - 1) / 2 && input === output) ? 1 : 0;
    });
    layer.setWeights([tf.tensor(values, kernel), tf.zeros(bias)]);
  }
  const scores = model.predict(tf.fill([1, 64, 64, 3], 2)) as tf.Tensor4D;
  // 3 channels of 2: each lateral gives 6; the levels 6, 12, 18 and 24, together 60 in each of two channels.
  const middle = tf.slice(scores, [0, 16, 16, 0], [1, 32, 32, 2]);
  expect([...new Set(middle.dataSync())]).toEqual([120]);
  model.dispose();
});

test.each([2, 4])('scores are first enlarged by interpolation with half-pixel centres, %p times', (stride) => {
  const layer = new UpConvolution({ name: 'enlarge', filters: 3, stride, initial: 'bilinear', seed: 1 });
  const input = tf.randomUniform<tf.Rank.R4>([1, 6, 5, 3], -1, 1, 'float32', 7);
  const found = layer.apply(input) as tf.Tensor4D;
  const expected = tf.image.resizeBilinear(input, [6 * stride, 5 * stride], false, true);
  expect(found.shape).toEqual(expected.shape);
  // Beyond the edge there are zeros, where interpolation repeats the last value.
  const inside = (tensor: tf.Tensor4D) => tf.slice(tensor, [0, stride, stride, 0], [1, 4 * stride, 3 * stride, 3]);
  expect(tf.max(tf.abs(tf.sub(inside(found), inside(expected)))).dataSync()[0]).toBeLessThan(1e-6);
});
