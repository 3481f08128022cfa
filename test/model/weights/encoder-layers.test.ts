import { describe, expect, test } from 'bun:test';
import { ModelError } from '../../../src/errors';
import { VGG19 } from '../../../src/model/encoders/vgg19';
import { type EncoderShape, encoderLayers } from '../../../src/model/weights/encoder-layers';
import { LayerWeights, type WeightArray } from '../../../src/model/weights/layer-weights';

const WIDTH = 1 / 32;
const shape: EncoderShape = { blocks: [1, 2, 3, 4, 5], width: WIDTH, batchNorm: true, batchNormEpsilon: 1e-3 };
const filled = (sides: number[], value: number): WeightArray => ({
  shape: sides,
  values: new Float32Array(sides.reduce((product, side) => product * side, 1)).fill(value),
});

/** Every convolution of a narrow VGG19: kernels of 1, biases of 2; `_bn` with gamma 3, beta 4, mean 5, variance 6. */
function vgg19({ bias = true, batchNorm = false } = {}): Map<string, WeightArray> {
  const arrays = new Map<string, WeightArray>();
  for (const { name: layer, kernel } of VGG19.convolutions(WIDTH)) {
    const outputs = [kernel[3]];
    arrays.set(`${layer}/kernel`, filled([...kernel], 1));
    if (bias) arrays.set(`${layer}/bias`, filled(outputs, 2));
    if (batchNorm)
      for (const [index, name] of ['gamma', 'beta', 'moving_mean', 'moving_variance'].entries())
        arrays.set(`${layer}_bn/${name}`, filled(outputs, 3 + index));
  }
  return arrays;
}

const fit = (arrays: Map<string, WeightArray>, options: Partial<EncoderShape> = {}) =>
  encoderLayers(new LayerWeights('file', arrays), { ...shape, ...options });
const value = (weights: LayerWeights, layer: string, name: string) => weights.find(layer, name)?.values[0];

describe('batch normalisation on one side, the other, both', () => {
  test('on neither: kernel and bias as they are', () => {
    const weights = fit(vgg19(), { batchNorm: false });
    expect(value(weights, 'block5_conv4', 'kernel')).toBe(1);
    expect(value(weights, 'block5_conv4', 'bias')).toBe(2);
    expect(weights.has('block5_conv4_bn')).toBe(false);
  });

  test('behind the encoder alone: it adds the bias of 2 and changes nothing else', () => {
    const weights = fit(vgg19());
    expect(weights.find('block1_conv1', 'bias')).toBeUndefined();
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
      (name) => value(weights, 'block1_conv1_bn', name)!,
    );
    const x = 7;
    expect((gamma * (x - mean)) / Math.sqrt(variance + 1e-3) + beta).toBeCloseTo(x + 2, 5);
  });

  test('on both: a bias in front comes off the running mean, 5 - 2', () => {
    const weights = fit(vgg19({ batchNorm: true }));
    expect(value(weights, 'block3_conv1_bn', 'gamma')).toBe(3);
    expect(value(weights, 'block3_conv1_bn', 'beta')).toBe(4);
    expect(value(weights, 'block3_conv1_bn', 'moving_mean')).toBe(5 - 2);
    expect(value(weights, 'block3_conv1_bn', 'moving_variance')).toBe(6);
    const withoutBias = fit(vgg19({ batchNorm: true, bias: false }));
    expect(value(withoutBias, 'block3_conv1_bn', 'moving_mean')).toBe(5);
  });

  test('in the weights alone: they do not fit', () => {
    expect(() => fit(vgg19({ batchNorm: true }), { batchNorm: false })).toThrow(
      'file: has batch normalisation behind "block1_conv1", the model expects none there',
    );
  });
});

describe('which layers', () => {
  test('only the wanted groups are taken, and need be there', () => {
    const arrays = vgg19();
    for (const name of arrays.keys()) if (/^block[45]/.test(name)) arrays.delete(name);
    expect(fit(arrays, { blocks: [1, 2, 3] }).layers).toHaveLength(8 + 8); // convolutions, and what is behind each
    expect(() => fit(arrays)).toThrow(
      'file: holds no "block4_conv1", "block4_conv2", "block4_conv3", "block4_conv4" and 4 more',
    );
  });

  test('heads are passed over', () => {
    const arrays = vgg19();
    for (const head of ['fc1', 'predictions', 'bottleneck_conv1_bn', 'up5_transpose', 'skip1_bn', 'logits'])
      arrays.set(`${head}/kernel`, filled([2, 2], 1));
    expect(fit(arrays).layers).toHaveLength(32);
  });

  test('another network: what is missing and what is too much are named together', () => {
    const arrays = new Map([
      ['conv1_conv/kernel', filled([7, 7, 3, 64], 1)],
      ['conv1_bn/gamma', filled([64], 1)],
    ]);
    const load = () => fit(arrays, { blocks: [1] });
    expect(load).toThrow(ModelError);
    expect(load).toThrow(
      'file: holds no "block1_conv1", "block1_conv2", and holds "conv1_conv", "conv1_bn", which VGG19 does not have',
    );
  });

  test('one convolution too many is another network, even where all others fit', () => {
    const arrays = vgg19().set('block1_conv3/kernel', filled([3, 3, 2, 2], 1));
    expect(() => fit(arrays, { blocks: [4] })).toThrow('holds "block1_conv3", which VGG19 does not have');
  });
});

test('a wrong shape is named with both shapes', () => {
  expect(() => fit(vgg19(), { width: 1 })).toThrow(
    'file: "block1_conv1/kernel" has shape [3,3,3,2], the model expects [3,3,3,64]',
  );
  const arrays = vgg19().set('block2_conv1/bias', filled([5], 2));
  expect(() => fit(arrays)).toThrow('file: "block2_conv1/bias" has shape [5], the model expects [4]');
});

test('a missing weight of a layer that is there', () => {
  const arrays = vgg19();
  arrays.delete('block2_conv2/bias');
  expect(() => fit(arrays)).toThrow('file: holds no weight "block2_conv2/bias" of shape [4]');
});

test('NaN and infinity are named with their place', () => {
  const arrays = vgg19();
  arrays.get('block1_conv2/bias')!.values[1] = Number.NaN;
  expect(() => fit(arrays)).toThrow('file: "block1_conv2/bias" holds NaN (value 1 of 2), expected finite numbers');
});
