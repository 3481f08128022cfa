import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as stock from '@tensorflow/tfjs-node-gpu';
import { ModelError } from '../../src/errors';
import { GROUP_COLORS, GROUP_NAMES } from '../../src/labels';
import { readPretrained } from '../../src/model/weights/pretrained-source';
import { exportedFiles, exportRun } from '../../src/publishing/export-run';
import { tf } from '../../src/tensorflow/tensorflow';
import { temporaryFolder } from '../data/fixtures';
import { tinyDescription } from '../model/tiny-model';
import { batch, greatestDifference, ownLogits, SIZE } from './own-logits';
import { findPython } from './python';
import { writeTinyRun } from './tiny-run';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const run = join(folder, 'run');
beforeAll(() => writeTinyRun(run));

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('a layers model', () => {
  test.each(['tf', 'caffe', 'torch'] as const)(
    'takes pictures as they are (%s) and says what the run says',
    async (preprocessing) => {
      const path = join(folder, preprocessing);
      await writeTinyRun(path, { preprocessing });
      exportRun(path, { to: 'tfjs' });
      const model = await stock.loadLayersModel(`file://${path}/export/tfjs/model.json`);
      const raw = Float32Array.from(batch.flatMap((pixels) => [...pixels]));
      const logits = stock.tidy(() =>
        (model.predict(stock.tensor(raw, [2, SIZE, SIZE, 3])) as stock.Tensor).dataSync(),
      );
      model.dispose();
      const own = ownLogits(path);
      expect(greatestDifference(logits, own)).toBeLessThan(1e-4 * largest(own));
    },
  );

  test('consists of layers that Keras has, and says of itself what its user needs', () => {
    const files = exportRun(run, { to: 'tfjs', out: join(folder, 'out') });
    expect(files.map(({ path }) => path)).toEqual(
      ['weights-1-of-1.bin', 'model.json'].map((name) => join(folder, 'out', name)),
    );
    const { modelTopology, userDefinedMetadata } = JSON.parse(readFileSync(join(folder, 'out/model.json'), 'utf8'));
    const layers: { class_name: string }[] = modelTopology.config.layers;
    const keras = [
      'InputLayer',
      'Conv2D',
      'BatchNormalization',
      'ReLU',
      'MaxPooling2D',
      'Conv2DTranspose',
      'Concatenate',
    ];
    expect([...new Set(layers.map(({ class_name }) => class_name))]).toEqual(keras);
    expect(userDefinedMetadata).toEqual({
      ...tinyDescription,
      epoch: 3,
      validationLoss: 0.5,
      colors: GROUP_NAMES.map((name) => [...GROUP_COLORS[name]]),
      input: { name: 'image', shape: [null, 32, 32, 3], dtype: 'float32', channels: 'RGB', range: [0, 255] },
      outputs: { logits: [null, 32, 32, 8] },
      preprocessingInsideModel: { order: [2, 1, 0], mean: [103.939, 116.779, 123.68], scale: [1, 1, 1] },
    });
  });

  test('this project reads it as it reads the checkpoint, preprocessing included', async () => {
    const path = join(folder, 'again');
    await writeTinyRun(path, { preprocessing: 'torch' });
    exportRun(path, { to: 'tfjs', out: join(folder, 'again-exported') });
    expect((await readPretrained(join(folder, 'again-exported'))).preprocessing).toBe('torch');
    expect(ownLogits(join(folder, 'again-exported'))).toEqual(ownLogits(path));
  });

  test('with its filters in float16 it has half the size, and reads the same here and in stock TensorFlow.js', async () => {
    const [whole, half] = [join(folder, 'float32'), join(folder, 'float16')];
    exportRun(run, { to: 'tfjs', out: whole });
    exportRun(run, { to: 'tfjs', out: half, stored: 'float16' });
    const bytes = (path: string) => statSync(join(path, 'weights-1-of-1.bin')).size;
    // Batch normalisation and biases stay as they are.
    expect(bytes(half) / bytes(whole)).toBeGreaterThan(0.5);
    expect(bytes(half) / bytes(whole)).toBeLessThan(0.6);
    const [exact, own] = [ownLogits(whole), ownLogits(half)];
    const model = await stock.loadLayersModel(`file://${half}/model.json`);
    const raw = Float32Array.from(batch.flatMap((pixels) => [...pixels]));
    const logits = stock.tidy(() => (model.predict(stock.tensor(raw, [2, SIZE, SIZE, 3])) as stock.Tensor).dataSync());
    model.dispose();
    expect(greatestDifference(logits, own)).toBeLessThan(1e-4 * largest(own));
    // 11 significant bits through some 25 layers: more than float32's rounding, far less than another model.
    expect(greatestDifference(own, exact)).toBeGreaterThan(1e-5 * largest(exact));
    expect(greatestDifference(own, exact)).toBeLessThan(0.02 * largest(exact));
    expect(() => exportRun(run, { to: 'onnx', stored: 'float16' })).toThrow('onnx has no filters in float16');
  });

  test('many weights are cut into few enough files for a browser to load at once; none is lost', async () => {
    const path = join(folder, 'wide');
    await writeTinyRun(path, { width: 0.32 });
    const files = exportedFiles(path, 'tfjs');
    const { weightsManifest } = JSON.parse(Buffer.from(files.at(-1)!.content).toString());
    const shards = files.slice(0, -1);
    expect(shards).toHaveLength(4);
    expect(weightsManifest[0].paths).toEqual(shards.map(({ name }) => name));
    const counts = (weightsManifest[0].weights as { shape: number[] }[]).map(({ shape }) =>
      shape.reduce((product, side) => product * side, 1),
    );
    const all = 4 * counts.reduce((sum, count) => sum + count);
    expect(shards.reduce((sum, { content }) => sum + content.length, 0)).toBe(all);
    expect(shards[0].content.length).toBe(Math.ceil(all / 4));
  });
});

describe('a SavedModel', () => {
  const out = join(folder, 'savedmodel');
  beforeAll(() => {
    exportRun(run, { to: 'savedmodel', out });
  });

  test('loads into stock TensorFlow.js and says what the run says, of any number of pictures', async () => {
    const model = await stock.node.loadSavedModel(out);
    const predict = (pixels: Uint8Array[]) => {
      const image = stock.tensor(
        Int32Array.from(pixels.flatMap((one) => [...one])),
        [pixels.length, SIZE, SIZE, 3],
        'int32',
      );
      const outputs = model.predict({ image }) as Record<'logits' | 'probabilities' | 'classes', stock.Tensor>;
      const values = Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.dataSync()]));
      stock.dispose([image, outputs]);
      return values as Record<keyof typeof outputs, Float32Array>;
    };
    const both = predict(batch);
    const own = ownLogits(run);
    expect(greatestDifference(both.logits, own)).toBeLessThan(1e-4 * largest(own));
    for (let pixel = 0; pixel < 2 * SIZE * SIZE; pixel += 97) {
      const [logits, probabilities] = [both.logits, both.probabilities].map((values) =>
        Array.from(values.subarray(pixel * 8, pixel * 8 + 8)),
      );
      expect(both.classes[pixel]).toBe(logits.indexOf(Math.max(...logits)));
      expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    }
    const [second] = [predict([batch[1]])];
    expect(greatestDifference(second.logits, both.logits.subarray(both.logits.length / 2))).toBeLessThan(
      1e-4 * largest(own),
    );
    model.dispose();
  });

  test('computes in bfloat16 where that is asked for, and TensorFlow.js, which has none, is not asked', async () => {
    const rounded = join(folder, 'savedmodel-bfloat16');
    exportRun(run, { to: 'savedmodel', out: rounded, precision: 'bfloat16' });
    const model = await stock.node.loadSavedModel(rounded);
    const image = stock.tensor(Int32Array.from(batch.flatMap((one) => [...one])), [2, SIZE, SIZE, 3], 'int32');
    const { logits } = model.predict({ image }) as Record<'logits', stock.Tensor>;
    const [values, own] = [logits.dataSync(), ownLogits(run)];
    const squares = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((sum, value) => sum + value ** 2, 0);
    const difference = Array.from(values, (value, index) => value - own[index]);
    const distance = Math.sqrt(squares(difference) / squares(own));
    // A U-Net rounds about 100 times between picture and logits, each time by 2^-8 at most; independent errors add up as
    // the root of their number. Below a sixteenth of one rounding it would not be bfloat16.
    expect(distance).toBeLessThan(Math.sqrt(100) * 2 ** -8);
    expect(distance).toBeGreaterThan(2 ** -12);
    stock.dispose([image, logits]);
    model.dispose();
    expect(() => exportRun(run, { to: 'tfjs', precision: 'bfloat16' })).toThrow('tfjs has no bfloat16');
  });

  test('says of itself what its user needs, in its assets', () => {
    expect(readdirSync(out).sort()).toEqual(['assets.extra', 'saved_model.pb']);
    const { input, outputs, classes } = JSON.parse(readFileSync(join(out, 'assets.extra/metadata.json'), 'utf8'));
    expect(input).toMatchObject({ name: 'image', shape: [null, 32, 32, 3], dtype: 'uint8' });
    expect(outputs).toEqual({ classes: [null, 32, 32], probabilities: [null, 32, 32, 8], logits: [null, 32, 32, 8] });
    expect(classes).toEqual([...GROUP_NAMES]);
  });

  // The wheel in `.venv` is there for its C library alone, without what its Python part needs.
  const python = findPython('tensorflow', 'numpy', 'absl', 'keras');
  test.skipIf(!python)(
    `loads into Python's TensorFlow and says what the run says${python ? '' : ' (no Python that imports tensorflow: set ROADSEG_TEST_PYTHON to one)'}`,
    () => {
      const files = join(folder, 'python');
      mkdirSync(files);
      writeFileSync(join(files, 'image.bin'), Buffer.concat(batch));
      const script = `
import sys, numpy, tensorflow
predict = tensorflow.saved_model.load(sys.argv[1]).signatures['serving_default']
image = numpy.fromfile(sys.argv[2] + '/image.bin', 'uint8').reshape(2, ${SIZE}, ${SIZE}, 3)
for name, value in predict(image=tensorflow.constant(image)).items():
    value.numpy().tofile(f'{sys.argv[2]}/{name}.bin')
try:
    predict(image=tensorflow.constant(image / 255, 'float32'))
except Exception as error:
    print(type(error).__name__)
`;
      const { exitCode, stdout, stderr } = Bun.spawnSync([python!, '-c', script, out, files], { stderr: 'pipe' });
      expect(exitCode === 0 ? '' : stderr.toString()).toBe('');
      // Pictures of another range are refused instead of being predicted wrongly.
      expect(stdout.toString()).toContain('InvalidArgumentError');
      const read = (name: string) => readFileSync(join(files, `${name}.bin`));
      const floats = (name: string) => new Float32Array(Uint8Array.from(read(name)).buffer);
      const own = ownLogits(run);
      expect(greatestDifference(floats('logits'), own)).toBeLessThan(1e-4 * largest(own));
      expect(floats('probabilities').length).toBe(own.length);
      const classes = new Int32Array(Uint8Array.from(read('classes')).buffer);
      const ownClasses = Array.from(classes, (_, pixel) => {
        const logits = Array.from(own.subarray(pixel * 8, pixel * 8 + 8));
        return logits.indexOf(Math.max(...logits));
      });
      expect(new Set(ownClasses).size).toBeGreaterThan(2);
      expect(Array.from(classes).filter((group, pixel) => group !== ownClasses[pixel])).toHaveLength(0);
    },
    60_000,
  );
});

test('a run that cannot segment is named', async () => {
  const path = join(folder, 'classifier');
  await writeTinyRun(path, { task: 'classification' });
  const before = tf.memory().numTensors;
  expect(() => exportRun(path, { to: 'tfjs' })).toThrow(ModelError);
  expect(() => exportRun(path, { to: 'tfjs' })).toThrow(`${path}: the model does classification into 8 classes`);
  expect(() => exportRun(join(folder, 'gone'), { to: 'savedmodel' })).toThrow(
    'no weights there: no such file or folder',
  );
  expect(tf.memory().numTensors).toBe(before);
});
