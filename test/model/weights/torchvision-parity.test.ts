import { describe, expect, test } from 'bun:test';
import { RESNET50 } from '../../../src/model/encoders/resnet50';
import { VGG16 } from '../../../src/model/encoders/vgg16';
import { readPretrained } from '../../../src/model/weights/pretrained-source';
import {
  BLOCKS,
  blockOutputs,
  Expected,
  expectBlocks,
  expectClose,
  fixture,
  preprocessed,
  pretrainedUNet,
  stageOutputs,
} from './parity';

/** Made by test/fixtures/make-torchvision.py, which says how to make them again. */
const plain = new Expected('torchvision-vgg19-expected.safetensors');
const normalized = new Expected('torchvision-vgg19-bn-expected.safetensors');

test("the preprocessing is torchvision's normalize", async () => {
  const { preprocessing } = await readPretrained(fixture('torchvision-vgg19.safetensors'));
  expect(preprocessing).toBe('torch');
  const input = preprocessed(plain.bytes('pictures'), preprocessing);
  expectClose(input.dataSync() as Float32Array, plain.values('input'), 1e-6);
  input.dispose();
});

test.each([
  ['VGG19', false],
  ['VGG19 with fresh batch normalisation behind its layers', true],
])('every block gives what torchvision gives: %s', async (_, batchNorm) => {
  const source = await readPretrained(fixture('torchvision-vgg19.safetensors'));
  const model = pretrainedUNet(source, { batchNorm });
  const input = preprocessed(plain.bytes('pictures'), source.preprocessing);
  const outputs = blockOutputs(model, input);
  expectBlocks(outputs, plain);
  input.dispose();
  model.dispose();
});

test.each([
  ['VGG16-BN', 'torchvision-vgg16-bn', VGG16, [...BLOCKS, 'pooled']],
  ['ResNet-50', 'torchvision-resnet50', RESNET50, BLOCKS],
] as const)('every block gives what torchvision gives: %s', async (_, name, encoder, blocks) => {
  const theirs = new Expected(`${name}-expected.safetensors`);
  const source = await readPretrained(fixture(`${name}.safetensors`), { encoder });
  expect(source).toMatchObject({ preprocessing: 'torch', batchNormEpsilon: 1e-5 });
  const input = preprocessed(theirs.bytes('pictures'), source.preprocessing);
  const outputs = stageOutputs(encoder, source, input);
  expectBlocks(outputs, theirs, blocks);
  input.dispose();
});

describe('VGG19-BN', () => {
  const load = async () => {
    const source = await readPretrained(fixture('torchvision-vgg19-bn.safetensors'));
    const input = preprocessed(normalized.bytes('pictures'), source.preprocessing);
    return { source, model: pretrainedUNet(source), input };
  };

  test('in inference: running statistics, the bias of the convolution in front, epsilon 1e-5', async () => {
    const { source, model, input } = await load();
    expect(source.batchNormEpsilon).toBe(1e-5);
    const outputs = blockOutputs(model, input);
    expectBlocks(outputs, normalized);
    input.dispose();
    model.dispose();
  });

  test("with Keras's epsilon it would not: the check can fail", async () => {
    const { source, model, input } = await load();
    const wrong = pretrainedUNet({ ...source, batchNormEpsilon: 1e-3 });
    const outputs = blockOutputs(wrong, input);
    expect(() => expectClose(outputs.block1, normalized.values('block1'))).toThrow();
    input.dispose();
    model.dispose();
    wrong.dispose();
  });

  test("in training: the batch's statistics, and running ones moved by a tenth", async () => {
    const { model, input } = await load();
    const outputs = blockOutputs(model, input, true);
    for (const block of [...BLOCKS, 'pooled']) expectClose(outputs[block], normalized.values(`training.${block}`));
    // features.1 stands behind the first convolution, features.50 behind the last; see torchvision's make_layers.
    for (const [number, name] of [
      [1, 'block1_conv1'],
      [50, 'block5_conv4'],
    ] as const) {
      const [, , mean, variance] = model
        .getLayer(`${name}_bn`)
        .getWeights()
        .map((tensor) => tensor.dataSync() as Float32Array);
      // Ours is behind a convolution without bias, so its mean lacks the bias of theirs.
      const bias = source(`features.${number - 1}.bias`);
      expectClose(
        mean.map((value, index) => value + bias[index]),
        normalized.values(`after.features.${number}.running_mean`),
      );
      expectClose(variance, normalized.values(`after.features.${number}.running_var`));
    }
    input.dispose();
    model.dispose();
  });

  const source = (name: string) => new Expected('torchvision-vgg19-bn.safetensors').values(name);
});
