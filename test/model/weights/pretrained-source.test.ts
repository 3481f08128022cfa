import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../../../src/errors';
import { experimentSchema } from '../../../src/experiment/schema';
import { buildExperimentModel, buildModel } from '../../../src/model/build-model';
import { readPretrained } from '../../../src/model/weights/pretrained-source';
import { tf } from '../../../src/tensorflow/tensorflow';
import { saveCheckpoint } from '../../../src/training/checkpoint';
import { temporaryFolder } from '../../data/fixtures';
import { runCell } from '../../kernel/run-cell';
import { fixture, SHARE } from './parity';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);

/** The message of the ModelError that reading must end in, with nothing left behind. */
async function problem(file: string): Promise<string> {
  const before = tf.memory().numTensors;
  const error = await readPretrained(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelError);
  expect(tf.memory().numTensors).toBe(before);
  return (error as ModelError).message;
}

/** Writes safetensors: a JSON header and the bytes it describes. */
function writeSafetensors(name: string, header: object, bytes = Buffer.alloc(0)): string {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(at(name), Buffer.concat([length, text, bytes]));
  return at(name);
}

describe('the content tells the format, not the name', () => {
  test('HDF5 and safetensors under strange names', async () => {
    copyFileSync(fixture('keras-vgg19.h5'), at('weights'));
    copyFileSync(fixture('torchvision-vgg19-bn.safetensors'), at('vgg.h5'));
    const [keras, torch] = [await readPretrained(at('weights')), await readPretrained(at('vgg.h5'))];
    expect(keras).toMatchObject({ preprocessing: 'caffe', batchNormEpsilon: 1e-3 });
    expect(torch).toMatchObject({ preprocessing: 'torch', batchNormEpsilon: 1e-5 });
    expect(keras.weights.find('block5_conv4', 'kernel')?.shape).toEqual([3, 3, 16, 16]);
    expect(torch.weights.find('block1_conv1', 'kernel')?.shape).toEqual([3, 3, 3, 2]);
  });

  test("a TensorFlow.js manifest counts as Keras's", async () => {
    const values = Float32Array.of(1, 2);
    mkdirSync(at('manifest'));
    writeFileSync(at('manifest/shard.bin'), Buffer.from(values.buffer));
    const weights = [{ name: 'block1_conv1/bias', shape: [2], dtype: 'float32' }];
    writeFileSync(at('manifest/weights_manifest.json'), JSON.stringify([{ paths: ['shard.bin'], weights }]));
    const source = await readPretrained(at('manifest'));
    expect(source.preprocessing).toBe('caffe');
    expect(source.weights.find('block1_conv1', 'bias')).toEqual({ shape: [2], values });
  });

  test('a zip, a pickle, something else, nothing: each is named with what was expected', async () => {
    writeFileSync(at('model.pth'), 'PK\x03\x04 and so on');
    writeFileSync(at('old.pth'), Buffer.from([0x80, 2, 0x8a, 10]));
    writeFileSync(at('text'), 'hello');
    writeFileSync(at('empty'), '');
    expect(await problem(at('model.pth'))).toContain('model.pth: is a zip archive');
    expect(await problem(at('old.pth'))).toContain('old.pth: is a Python pickle; expected HDF5, safetensors or');
    expect(await problem(at('text'))).toContain(
      'is none of HDF5, safetensors and TensorFlow.js manifest (it begins with 68656c6c6f',
    );
    expect(await problem(at('empty'))).toContain('it begins with nothing');
    expect(await problem(at('gone.h5'))).toContain('gone.h5: no weights there: no such file');
  });
});

describe('damaged HDF5', () => {
  const bytes = readFileSync(fixture('keras-vgg19.h5'));

  test('cut short', async () => {
    writeFileSync(at('short.h5'), bytes.subarray(0, 60_000));
    expect(await problem(at('short.h5'))).toContain(
      'short.h5: cannot be read as HDF5 (truncated file: eof = 60000, sblock->base_addr = 0, stored_eof = 137496)',
    );
  });

  test('nothing but the signature', async () => {
    writeFileSync(at('stub.h5'), Buffer.concat([bytes.subarray(0, 8), Buffer.alloc(2000, 7)]));
    expect(await problem(at('stub.h5'))).toContain('stub.h5: cannot be read as HDF5');
  });

  test('a number that is none', async () => {
    const damaged = Buffer.from(bytes);
    const { values } = (await readPretrained(fixture('keras-vgg19.h5'))).weights.find('block4_conv2', 'kernel')!;
    const place = bytes.indexOf(Buffer.from(values.buffer, values.byteOffset, 64));
    damaged.writeFloatLE(Number.POSITIVE_INFINITY, place + 8);
    writeFileSync(at('infinite.h5'), damaged);
    expect(await problem(at('infinite.h5'))).toContain('"block4_conv2/kernel" holds Infinity (value 2 of 2304)');
  });
});

describe('damaged safetensors', () => {
  const bytes = readFileSync(fixture('torchvision-vgg19.safetensors'));

  test('cut short, or too long', async () => {
    writeFileSync(at('short.safetensors'), bytes.subarray(0, bytes.length - 3));
    expect(await problem(at('short.safetensors'))).toMatch(/\d+ bytes of tensors, the header promises \d+/);
    writeFileSync(at('long.safetensors'), Buffer.concat([bytes, Buffer.alloc(3)]));
    expect(await problem(at('long.safetensors'))).toMatch(/\d+ bytes of tensors, the header promises \d+/);
    writeFileSync(at('stub.safetensors'), bytes.subarray(0, 100));
    expect(await problem(at('stub.safetensors'))).toContain('its header should be');
  });

  test('a header that is none, and one that lies', async () => {
    const broken = Buffer.from(bytes);
    broken[20] = 0;
    writeFileSync(at('broken.safetensors'), broken);
    expect(await problem(at('broken.safetensors'))).toContain('its header is not JSON');
    const tensor = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
    const gap = writeSafetensors('gap', { 'features.0.bias': { ...tensor, data_offsets: [4, 12] } }, Buffer.alloc(12));
    expect(await problem(gap)).toContain('"features.0.bias" should begin at byte 0, not 4');
    const odd = writeSafetensors('odd', { 'features.0.bias': { ...tensor, shape: [-2] } }, Buffer.alloc(8));
    expect(await problem(odd)).toContain('its header describes "features.0.bias" as');
    const wrong = writeSafetensors('wrong', { 'features.0.bias': { ...tensor, shape: [3] } }, Buffer.alloc(8));
    expect(await problem(wrong)).toContain('"features.0.bias" has 2 values for the shape [3]');
    const half = writeSafetensors(
      'half',
      { 'features.0.bias': { ...tensor, dtype: 'F16', shape: [4] } },
      Buffer.alloc(8),
    );
    expect(await problem(half)).toContain('"features.0.bias" is F16, expected F32');
  });

  test('another network of torchvision', async () => {
    const tensor = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
    // VGG16 has three convolutions in its third group, so its eighth stands at 17, where VGG19 has a rectifier.
    const eighth = { ...tensor, data_offsets: [8, 16] };
    const vgg16 = writeSafetensors(
      'vgg16',
      { 'features.0.bias': tensor, 'features.17.bias': eighth },
      Buffer.alloc(16),
    );
    expect(await problem(vgg16)).toContain("holds features.17.bias, which torchvision's VGG19 does not have");
    const resnet = writeSafetensors('resnet', { 'layer1.0.conv1.weight': tensor }, Buffer.alloc(8));
    expect(await problem(resnet)).toContain('holds no layer "features.0" as torchvision names them');
  });
});

describe('an experiment takes the weights over', () => {
  const experiment = (model: object) =>
    experimentSchema.parse({
      name: 'x',
      notebooks: ['x.ipynb'],
      data: { size: 32 },
      model: { width: SHARE, ...model },
    });
  const encoder = { weights: fixture('torchvision-vgg19-bn.safetensors') };

  test('with their preprocessing and epsilon, which the checkpoint records', async () => {
    const { model, description } = await buildExperimentModel(experiment({ encoder }));
    expect(description).toMatchObject({ preprocessing: 'torch', batchNormEpsilon: 1e-5, plainBlocks: [] });
    expect(model.getLayer('up1_conv1_bn').getConfig()).toMatchObject({ epsilon: 1e-5 });
    const checkpoint = at('run/checkpoints/best');
    await saveCheckpoint(checkpoint, model, { ...description, epoch: 1, validationLoss: 1 });
    model.dispose();
    // ... and from which the next experiment takes them.
    expect(await readPretrained(at('run'))).toMatchObject({ preprocessing: 'torch', batchNormEpsilon: 1e-5 });
  });

  test('bare, where model.encoder.batchNorm is false: their groups have biases, the others batch normalisation', async () => {
    const weights = fixture('keras-vgg19.h5');
    const { model, description } = await buildExperimentModel(
      experiment({ encoder: { weights, blocks: [1, 2], batchNorm: false } }),
    );
    expect(description).toMatchObject({ preprocessing: 'caffe', plainBlocks: [1, 2] });
    const names = model.layers.map(({ name }) => name);
    expect(names).not.toContain('block2_conv2_bn');
    expect(names).toContain('block3_conv1_bn');
    expect(model.getLayer('block2_conv2').getWeights()).toHaveLength(2);
    const again = buildModel(description);
    expect(again.layers.map(({ name }) => name)).toEqual(names);
    again.dispose();
    model.dispose();
  });

  test('bare, with skipBatchNorm: what goes to the expansion blocks is normalised, what goes on is not', async () => {
    const weights = fixture('keras-vgg19.h5');
    const { model, description } = await buildExperimentModel(
      experiment({ encoder: { weights, blocks: [1, 2], batchNorm: false, skipBatchNorm: true } }),
    );
    const inputsOf = (name: string) =>
      [model.getLayer(name).input].flat().map(({ sourceLayer }) => (sourceLayer as tf.layers.Layer).name);
    expect(inputsOf('block1_pool')).toEqual(['block1_conv2']);
    expect(inputsOf('up1_concat')).toEqual(['up1_transpose', 'skip1_bn']);
    expect(inputsOf('up3_concat')).toEqual(['up3_transpose', 'block3_conv4_relu']);
    const again = buildModel(description);
    expect(again.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    again.dispose();
    model.dispose();
  });

  test('a classifier takes them over as a U-Net does, bare or with batch normalisation', async () => {
    const kernelOf = ({ model }: { model: tf.LayersModel }, layer: string) => [
      ...model.getLayer(layer).getWeights()[0].dataSync(),
    ];
    for (const rest of [{}, { blocks: [1, 2], batchNorm: false }]) {
      const weights = fixture(rest.blocks ? 'keras-vgg19.h5' : 'torchvision-vgg19-bn.safetensors');
      const settings = experiment({ encoder: { weights, ...rest } });
      const [classifier, unet] = await Promise.all(
        (['classification', 'segmentation'] as const).map((task) => buildExperimentModel({ ...settings, task })),
      );
      expect(classifier.model.outputs[0].shape).toEqual([null, 19]);
      expect(classifier.description).toMatchObject({
        task: 'classification',
        preprocessing: unet.description.preprocessing,
      });
      const encoder = (names: string[]) => names.filter((name) => name.startsWith('block'));
      const names = encoder(classifier.model.layers.map(({ name }) => name));
      expect(names).toEqual(encoder(unet.model.layers.map(({ name }) => name)));
      for (const layer of names.filter((name) => /conv\d$/.test(name)))
        expect(kernelOf(classifier, layer)).toEqual(kernelOf(unet, layer));
      const again = buildModel(classifier.description);
      expect(again.layers.map(({ name }) => name)).toEqual(classifier.model.layers.map(({ name }) => name));
      for (const each of [classifier.model, unet.model, again]) each.dispose();
    }
  });

  test('weights that do not fit leave nothing behind', async () => {
    const before = tf.memory().numTensors;
    expect(buildExperimentModel(experiment({ width: 1, encoder }))).rejects.toThrow(
      '"block1_conv1/kernel" has shape [3,3,3,2], the model expects [3,3,3,64]',
    );
    expect(buildExperimentModel(experiment({ batchNorm: false, encoder }))).rejects.toThrow(
      'has batch normalisation behind "block1_conv1", the model expects none there',
    );
    await Bun.sleep(0);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('in the notebooks kernel', () => {
  const cell = `
import { readPretrained } from './src/model/weights/pretrained-source';
for (const file of ${JSON.stringify([fixture('keras-vgg19.h5'), fixture('torchvision-vgg19.safetensors')])}) {
  const { weights, preprocessing } = await readPretrained(file);
  console.log('read', weights.layers.length, preprocessing);
}
`;
  let output = '';
  beforeAll(async () => {
    output = (await runCell(cell)).printed;
  }, 120_000);

  test('both formats are read', () => {
    expect(output).toContain('read 16 caffe');
    expect(output).toContain('read 16 torch');
  });
});
