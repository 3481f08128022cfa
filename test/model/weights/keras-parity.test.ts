import { expect, test } from 'bun:test';
import { readPretrained } from '../../../src/model/weights/pretrained-source';
import { BLOCKS, blockOutputs, Expected, expectClose, fixture, preprocessed, pretrainedUNet } from './parity';

/** Made by test/fixtures/make-keras-vgg19.py, which says how to make them again. */
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
  for (const block of [...BLOCKS, 'pooled']) expectClose(outputs[block], expected.values(block));
  input.dispose();
  model.dispose();
});
