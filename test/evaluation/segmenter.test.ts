import { afterAll, describe, expect, spyOn, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classSet } from '../../src/data/classes';
import { ownClasses } from '../../src/data/classes/own-classes';
import type { Dataset } from '../../src/data/dataset';
import { centerSquare, type RgbPicture, readPicture } from '../../src/data/picture';
import { prepareScene } from '../../src/data/prepare-scene';
import { preprocessInto } from '../../src/data/preprocessing';
import { resizedWindow } from '../../src/data/resize';
import { openCityscapes } from '../../src/data/sources/cityscapes';
import { ModelError } from '../../src/errors';
import { predictions } from '../../src/evaluation/predictions';
import { Segmenter } from '../../src/evaluation/segmenter';
import type { WindowOptions } from '../../src/evaluation/sliding-windows';
import { slidingWindows } from '../../src/evaluation/sliding-windows';
import { experimentSchema } from '../../src/experiment/schema';
import { GROUP_NAMES } from '../../src/labels';
import { buildModel } from '../../src/model/build-model';
import type { ModelDescription } from '../../src/model/model-description';
import { sealedJson } from '../../src/model/weights/sealed-json';
import { loadSegmenter } from '../../src/publishing/load-segmenter';
import { createRandom } from '../../src/random';
import { evaluateSplit } from '../../src/study/evaluate-split';
import { tf } from '../../src/tensorflow/tensorflow';
import { saveCheckpoint } from '../../src/training/checkpoint';
import { temporaryFolder, writeCityscapesScene } from '../data/fixtures';
import { tinyDescription as description } from '../model/tiny-model';
import { COMPILED, EAGER } from '../tensorflow/execution';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const model = buildModel(description, 4);
afterAll(() => model.dispose());

const { endScope } = tf.engine();
const random = createRandom(1);
const noise = (width: number, height: number): RgbPicture => ({
  width,
  height,
  pixels: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)),
});
const predict = async (picture: RgbPicture, options = {}, of: ModelDescription = description) => {
  const segmenter = new Segmenter(model, of, { execution: EAGER, ...options });
  try {
    return await segmenter.predict(picture);
  } finally {
    segmenter.dispose();
  }
};

/** What the model says of one input, without a segmenter. */
const direct = (image: Uint8Array, preprocessing: ModelDescription['preprocessing']) => {
  const input = new Float32Array(image.length);
  preprocessInto(input, 0, image, preprocessing);
  return tf.tidy(() =>
    Uint8Array.from(tf.argMax(model.predict(tf.tensor(input, [1, 32, 32, 3])) as tf.Tensor, -1).dataSync()),
  );
};

describe('a picture of any size', () => {
  test("of the model's own size it is what the model says, under the checkpoint's preprocessing and no other", async () => {
    const picture = noise(32, 32);
    const predicted = await predict(picture);
    expect(predicted).toEqual(direct(picture.pixels, 'caffe'));
    expect(predicted).not.toEqual(direct(picture.pixels, 'torch'));
    expect(await predict(picture, {}, { ...description, preprocessing: 'torch' })).toEqual(
      direct(picture.pixels, 'torch'),
    );
  });

  test('compiled it is the same', async () => {
    const picture = noise(48, 32);
    expect(await predict(picture, { execution: COMPILED })).toEqual(await predict(picture));
  });

  test('windows side by side are predicted one by one', async () => {
    const picture = noise(64, 32);
    const left = resizedWindow(picture, { left: 0, top: 0, width: 32, height: 32 }, 32);
    const right = resizedWindow(picture, { left: 32, top: 0, width: 32, height: 32 }, 32);
    const [ofLeft, ofRight] = [left, right].map((image) => direct(image, 'caffe'));
    const rows = Array.from({ length: 32 }, (_, row) => [
      ...ofLeft.subarray(row * 32, row * 32 + 32),
      ...ofRight.subarray(row * 32, row * 32 + 32),
    ]);
    expect([...(await predict(picture, { window: { side: null, overlap: 0 } }))]).toEqual(rows.flat());
  });

  test('where windows overlap, the mean of their probabilities decides', async () => {
    const picture = noise(48, 32);
    const probabilities = async (left: number) => {
      const image = resizedWindow(picture, { left, top: 0, width: 32, height: 32 }, 32);
      const input = new Float32Array(image.length);
      preprocessInto(input, 0, image, 'caffe');
      return tf.tidy(() => tf.softmax(model.predict(tf.tensor(input, [1, 32, 32, 3])) as tf.Tensor).dataSync());
    };
    const [first, second] = [await probabilities(0), await probabilities(16)];
    const predicted = await predict(picture);
    // Column 20 is column 20 of the first window and column 4 of the second.
    const sums = GROUP_NAMES.map((_, group) => first[(5 * 32 + 20) * 8 + group] + second[(5 * 32 + 4) * 8 + group]);
    expect(predicted[5 * 48 + 20]).toBe(sums.indexOf(Math.max(...sums)));
  });

  test('up-sampling keeps the middle where it is: half-pixel centres', async () => {
    // A picture that says the same at every scale: left half dark, right half bright.
    const halves = (size: number): RgbPicture => ({
      width: size,
      height: size,
      pixels: Uint8Array.from({ length: size * size * 3 }, (_, index) =>
        Math.floor(index / 3) % size < size / 2 ? 30 : 220,
      ),
    });
    const [small, large] = [await predict(halves(32)), await predict(halves(128))];
    let same = 0;
    for (let row = 0; row < 32; row += 1)
      for (let column = 0; column < 32; column += 1)
        if (small[row * 32 + column] === large[(row * 4 + 2) * 128 + column * 4 + 2]) same += 1;
    expect(same / 1024).toBeGreaterThan(0.9);
  });

  test('seen whole, at its own scale: what a model of that size says', async () => {
    const [width, height] = [96, 64];
    const picture = noise(width, height);
    // The same weights, by name, in a model that is built for the size.
    const large = buildModel(description, 9, { height, width });
    for (const [index, layer] of large.layers.entries()) layer.setWeights(model.layers[index].getWeights());
    const input = new Float32Array(picture.pixels.length);
    preprocessInto(input, 0, picture.pixels, 'caffe');
    const expected = tf.tidy(() => {
      const logits = large.predict(tf.tensor(input, [1, height, width, 3])) as tf.Tensor;
      return Uint8Array.from(tf.argMax(logits, -1).dataSync());
    });
    large.dispose();
    for (const execution of [EAGER, COMPILED])
      expect(await predict(picture, { execution, window: { side: 32, overlap: 0, whole: true } })).toEqual(expected);
  });

  test('seen whole, a picture that 32 does not divide is continued by its last row and column', async () => {
    const [width, height] = [70, 40];
    const picture = noise(width, height);
    const continued: RgbPicture = { width: 96, height: 64, pixels: new Uint8Array(96 * 64 * 3) };
    for (let row = 0; row < 64; row += 1)
      for (let column = 0; column < 96; column += 1)
        for (let channel = 0; channel < 3; channel += 1)
          continued.pixels[(row * 96 + column) * 3 + channel] =
            picture.pixels[(Math.min(row, 39) * 70 + Math.min(column, 69)) * 3 + channel];
    const window = { side: 32, overlap: 0, whole: true };
    const large = await predict(continued, { window });
    const rows = Array.from({ length: height }, (_, row) => [...large.subarray(row * 96, row * 96 + width)]);
    expect([...(await predict(picture, { window }))]).toEqual(rows.flat());
  });

  test('seen whole at the scale of training: 48 x 24 pixels become 64 x 32', async () => {
    const picture = noise(48, 24);
    const image = resizedWindow(picture, { left: 0, top: 0, width: 48, height: 24 }, 64, 32);
    const expected = await predict(
      { width: 64, height: 32, pixels: image },
      { window: { side: 32, overlap: 0, whole: true } },
    );
    const found = await predict(picture, { window: { side: null, overlap: 0, whole: true } });
    // Column 21 of 48 lies at (21 + 0.5) * 64 / 48 - 0.5 = 28.2 of 64: nearest to column 28.
    let same = 0;
    for (let row = 0; row < 24; row += 1)
      for (let column = 0; column < 48; column += 1) {
        const [y, x] = [row, column].map((place) => Math.round(((place + 0.5) * 4) / 3 - 0.5));
        if (found[row * 48 + column] === expected[y * 64 + x]) same += 1;
      }
    expect(same / (24 * 48)).toBeGreaterThan(0.8);
  });

  test('nothing stays behind', async () => {
    const before = tf.memory().numTensors;
    await predict(noise(80, 40));
    await predict(noise(80, 40), { window: { side: null, overlap: 0, whole: true } });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a picture of more than a million pixels', () => {
  const [width, height] = [1300, 1000];
  const large = noise(width, height);

  /** All at once, as the definition says. */
  const reference = async (window: WindowOptions) => {
    let sum: tf.Tensor3D = tf.zeros([height, width, 8]);
    for (const { left, top, width: side } of slidingWindows(width, height, window)) {
      const image = resizedWindow(large, { left, top, width: side, height: side }, 32);
      const input = new Float32Array(image.length);
      preprocessInto(input, 0, image, 'caffe');
      sum = tf.tidy(() => {
        const logits = model.predict(tf.tensor(input, [1, 32, 32, 3])) as tf.Tensor4D;
        const values = tf.softmax(tf.image.resizeBilinear(logits, [side, side], false, true)).squeeze<tf.Tensor3D>([0]);
        const padding: [number, number][] = [
          [top, height - top - side],
          [left, width - left - side],
          [0, 0],
        ];
        return tf.add(sum, tf.pad(values, padding));
      });
    }
    return tf.tidy(() => tf.div(sum, tf.sum(sum, -1, true)));
  };

  test.each([
    { side: null, overlap: 0.5 },
    { side: 400, overlap: 0.3 },
  ])(
    'made in parts, it is what it would be at once (%p)',
    async (window) => {
      const segmenter = new Segmenter(model, description, { execution: EAGER, window });
      const [parts, groups] = [await segmenter.probabilities(large), await segmenter.predict(large)];
      segmenter.dispose();
      const whole = await reference(window);
      const found = tf.tensor3d(parts, [height, width, 8]);
      expect(tf.max(tf.abs(tf.sub(found, whole))).dataSync()[0]).toBeLessThan(2.6e-6);
      const differing = tf.sum(tf.notEqual(tf.argMax(found, -1), tf.tensor2d(groups, [height, width], 'int32')));
      expect(differing.dataSync()[0]).toBe(0);
    },
    60_000,
  );

  test('says how far it is, window by window and part by part', async () => {
    const steps: string[] = [];
    const segmenter = new Segmenter(model, description, { execution: EAGER });
    await segmenter.predict(large, (done, total) => steps.push(`${done}/${total}`));
    segmenter.dispose();
    // Two windows, seen together, and 1.3 million pixels in two parts.
    expect(steps).toEqual(['2/4', '3/4', '4/4']);
  });

  test('TensorFlow.js is never given an array to look through for tensors', async () => {
    const looked: unknown[] = [];
    const watched = spyOn(tf.engine(), 'endScope');
    watched.mockImplementation(function (this: unknown, result?: unknown) {
      if (ArrayBuffer.isView(result)) looked.push(result);
      return endScope.call(tf.engine(), result as never);
    } as never);
    try {
      const segmenter = new Segmenter(model, description, { execution: EAGER });
      await segmenter.predict(noise(48, 32));
      await segmenter.probabilities(noise(48, 32));
      segmenter.dispose();
      const source = {
        length: 1,
        read: async () => ({ name: 'a', image: noise(32, 32).pixels, width: 32, labelIds: new Uint8Array(1024) }),
      };
      for await (const { predictedGroups } of predictions(model, source, {
        classSet: classSet('groups-8'),
        preprocessing: 'caffe',
        execution: EAGER,
      }))
        expect(predictedGroups).toHaveLength(1024);
    } finally {
      watched.mockRestore();
    }
    expect(looked).toEqual([]);
  });
});

test('training, evaluation and prediction resize a picture in one way', async () => {
  const scene = await writeCityscapesScene(folder, 'val', 'ulm_000000_000019', {
    width: 96,
    height: 48,
    maskWidth: 96,
  });
  const { image } = await prepareScene({ name: 'ulm', ...scene }, 32, openCityscapes(folder));
  const picture = await readPicture(scene.image);
  expect(resizedWindow(picture, centerSquare(96, 48), 32)).toEqual(image);
});

describe('evaluation at the original resolution', () => {
  const root = join(folder, 'whole');
  const experiment = (evaluation: object) =>
    experimentSchema.parse({
      name: 'x',
      notebooks: ['x.ipynb'],
      data: { size: 32 },
      evaluation,
      execution: { compile: false },
    });

  test('every pixel of the whole picture is evaluated, at training resolution those of the resized square', async () => {
    for (const name of ['ulm_000000_000019', 'ulm_000001_000019'])
      await writeCityscapesScene(root, 'val', name, { width: 96, height: 48, maskWidth: 96 });
    const dataset = openCityscapes(root);
    const evaluated = async (evaluation: object) => {
      const seen: string[] = [];
      const result = await evaluateSplit(
        { model, metadata: description },
        dataset,
        experiment(evaluation),
        (done, total) => seen.push(`${done}/${total}`),
      );
      expect(seen).toEqual(['1/2', '2/2']);
      return result.matrices['groups-8'].counts.reduce((sum, count) => sum + count, 0);
    };
    expect(await evaluated({})).toBe(2 * 32 * 32);
    expect(await evaluated({ resolution: 'original' })).toBe(2 * 96 * 48);
    expect(await evaluated({ resolution: 'original', window: { side: 24, overlap: 0.25 } })).toBe(2 * 96 * 48);
  });

  test('values of a data set’s own are not Cityscapes’ things of the same numbers', async () => {
    const root = join(folder, 'kerbs');
    await writeCityscapesScene(root, 'val', 'kerb_000000_000001', { width: 64, height: 32, maskWidth: 64, left: 26 });
    const cars = openCityscapes(root);
    const kerbs = { ...cars, labels: [11, 26].map((id) => ({ id, name: `own-${id}`, color: [id, 0, 0] as const })) };
    const classes = ownClasses.parse([
      { name: 'left', color: [26, 0, 0], values: [26] },
      { name: 'right', color: [11, 0, 0], values: 'rest' },
    ]);
    const metadata = { ...description, classes: ['left', 'right'] };
    const two = buildModel(metadata);
    const things = async (dataset: Dataset) => {
      const { data, ...settings } = experiment({});
      const { smallThings } = await evaluateSplit({ model: two, metadata }, dataset, {
        ...settings,
        data: { ...data, classes },
      });
      return smallThings.scenes[0].things.length;
    };
    expect([await things(cars), await things(kerbs)]).toEqual([1, 0]);
    two.dispose();
  });
});

describe('a run that cannot segment', () => {
  const save = async (name: string, wrong: Partial<ModelDescription>) => {
    const other: ModelDescription = { ...description, ...wrong };
    const built = buildModel(other);
    await saveCheckpoint(join(folder, name), built, { ...other, epoch: 1, validationLoss: 1 });
    built.dispose();
    return join(folder, name);
  };

  test('another count of classes, another task: named with what was expected; nothing stays behind', async () => {
    const three = await save('three', { classes: ['road', 'sky', 'other'] });
    const classifier = await save('classifier', { task: 'classification' });
    const before = tf.memory().numTensors;
    expect(() => loadSegmenter(three)).toThrow(ModelError);
    expect(() => loadSegmenter(three)).toThrow(
      `${three}: the model does segmentation into 3 classes (road, sky, other), expected segmentation into groups-8 (void, flat,`,
    );
    expect(() => loadSegmenter(classifier)).toThrow('the model does classification into 8 classes');
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a checkpoint whose description is another model's does not get its weights", async () => {
    const altered = await save('altered', { classes: ['road', 'sky', 'other'] });
    const file = join(altered, 'model.json');
    const content = JSON.parse(readFileSync(file, 'utf8'));
    content.userDefinedMetadata.classes = [...GROUP_NAMES];
    delete content.sha256;
    writeFileSync(file, sealedJson(content));
    const before = tf.memory().numTensors;
    expect(() => loadSegmenter(altered)).toThrow(
      `${file}: "logits/kernel" has shape [1,1,4,3], the model expects [1,1,4,8]`,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
