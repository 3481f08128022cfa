import { expect, test } from 'bun:test';
import { RESNET50 } from '../../../src/model/encoders/resnet50';
import { VGG16 } from '../../../src/model/encoders/vgg16';
import { readPretrained } from '../../../src/model/weights/pretrained-source';
import {
  blockOutputs,
  Expected,
  expectBlocks,
  expectClose,
  fixture,
  preprocessed,
  pretrainedUNet,
  stageOutputs,
} from './parity';

/** Made by test/fixtures/make-keras.py, which says how to make them again. */
const expected = new Expected('keras-vgg19-expected.safetensors');
const picture = expected.bytes('picture');

test("the preprocessing is Keras's preprocess_input", async () => {
  const { preprocessing } = await readPretrained(fixture('keras-vgg19.h5'));
  expect(preprocessing).toBe('caffe');
  const input = preprocessed(picture, preprocessing);
  expectClose(input.dataSync() as Float32Array, expected.values('input'), 1e-6);
  input.dispose();
});

test.each([
  ['the layout of the published file', 'keras-vgg19.h5', false],
  ['the layout of Keras 3', 'keras-vgg19.weights.h5', false],
  ['fresh batch normalisation behind the layers changes nothing until it is trained', 'keras-vgg19.h5', true],
])('every block gives what Keras gives: %s', async (_, file, batchNorm) => {
  const source = await readPretrained(fixture(file));
  const model = pretrainedUNet(source, { batchNorm });
  const input = preprocessed(picture, source.preprocessing);
  const outputs = blockOutputs(model, input);
  expectBlocks(outputs, expected);
  input.dispose();
  model.dispose();
});

test.each([
  ['VGG16', 'keras-vgg16', VGG16, false],
  ['VGG16 with fresh batch normalisation', 'keras-vgg16', VGG16, true],
  ['ResNet-50', 'keras-resnet50', RESNET50, true],
] as const)('every block gives what Keras gives: %s', async (_, name, encoder, batchNorm) => {
  const theirs = new Expected(`${name}-expected.safetensors`);
  const source = await readPretrained(fixture(`${name}.h5`), { encoder });
  const input = preprocessed(theirs.bytes('picture'), source.preprocessing);
  expectClose(input.dataSync() as Float32Array, theirs.values('input'), 1e-6);
  const outputs = stageOutputs(encoder, source, input, { batchNorm });
  expectBlocks(outputs, theirs);
  input.dispose();
});

test('with the epsilon of other layers, or halved where torchvision does, ResNet-50 gives something else', async () => {
  const theirs = new Expected('keras-resnet50-expected.safetensors');
  const source = await readPretrained(fixture('keras-resnet50.h5'), { encoder: RESNET50 });
  expect(source).toMatchObject({ batchNormEpsilon: 1.001e-5, variant: 'keras' });
  const input = preprocessed(theirs.bytes('picture'), source.preprocessing);
  const first = stageOutputs(RESNET50, { ...source, batchNormEpsilon: 1e-3 }, input);
  expect(() => expectClose(first.block1, theirs.values('block1'))).toThrow();
  const second = stageOutputs(RESNET50, { ...source, variant: 'torchvision' }, input);
  expectClose(second.block2, theirs.values('block2'));
  expect(() => expectClose(second.block3, theirs.values('block3'))).toThrow();
  input.dispose();
});
