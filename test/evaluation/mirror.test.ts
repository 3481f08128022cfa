import { afterAll, describe, expect, test } from 'bun:test';
import { classSet } from '../../src/data/classes';
import { preprocessInto } from '../../src/data/preprocessing';
import { meanProbabilities, viewLogits } from '../../src/evaluation/mirror';
import { mostLikely } from '../../src/evaluation/pixel-classes';
import { predictions } from '../../src/evaluation/predictions';
import { Segmenter } from '../../src/evaluation/segmenter';
import { buildModel } from '../../src/model/build-model';
import { tf } from '../../src/tensorflow/tensorflow';
import { tinyDescription as description } from '../model/tiny-model';
import { noise } from '../publishing/tiny-run';
import { EAGER } from '../tensorflow/execution';

/** Compiled, batch normalisation is folded into the convolutions, which rounds otherwise. */
const CLOSE = 2e-4;

test('the mean of what is said of a picture and of its mirror image, turned back', () => {
  // Two pixels and two classes. The model looks at the right pixel alone: of it the first class has the pixel's value as
  // logit, the second 0, and of the left one it knows nothing.
  const logits = (images: tf.Tensor) => tf.mul(images, tf.tensor4d([0, 0, 1, 0], [1, 1, 2, 2]));
  const [ln3, ln9] = [Math.log(3), Math.log(9)];
  const picture = tf.tensor4d([ln3, ln3, ln9, ln9], [1, 1, 2, 2]);
  const values = (mirror: boolean) => meanProbabilities(viewLogits(logits, picture, mirror)).dataSync();
  // Right: 9 / (9 + 1).
  const plain = [0.5, 0.5, 0.9, 0.1];
  for (const [index, value] of values(false).entries()) expect(value).toBeCloseTo(plain[index], 6);
  // In the mirror the left pixel is on the right: 3 / (3 + 1). Left (0.5 + 0.75) / 2, right (0.9 + 0.5) / 2.
  const mean = [0.625, 0.375, 0.7, 0.3];
  for (const [index, value] of values(true).entries()) expect(value).toBeCloseTo(mean[index], 6);
});

describe('a model that sees pictures in the mirror', () => {
  const model = buildModel(description, 4);
  afterAll(() => model.dispose());
  const side = 32;
  const picture = noise(side, side);

  /** The picture with its columns from right to left. */
  const turned = Uint8Array.from(picture.pixels, (_, index) => {
    const [row, column, channel] = [Math.floor(index / 3 / side), Math.floor(index / 3) % side, index % 3];
    return picture.pixels[(row * side + side - 1 - column) * 3 + channel];
  });
  const direct = (pixels: Uint8Array) => {
    const input = new Float32Array(pixels.length);
    preprocessInto(input, 0, pixels, 'caffe');
    const logits = model.predict(tf.tensor(input, [1, side, side, 3])) as tf.Tensor;
    return tf.softmax(logits).dataSync();
  };
  const [straight, mirrored] = tf.tidy(() => [direct(picture.pixels), direct(turned)]);
  const expected = Float32Array.from(straight, (value, index) => {
    const [row, column, group] = [Math.floor(index / 8 / side), Math.floor(index / 8) % side, index % 8];
    return (value + mirrored[(row * side + side - 1 - column) * 8 + group]) / 2;
  });

  const source = {
    length: 1,
    read: async () => ({ name: 'a', image: picture.pixels, width: side, labelIds: new Uint8Array(side * side) }),
  };

  test.each([EAGER, { ...EAGER, compile: true, autotune: false }])(
    'scene by scene (%p)',
    async (execution) => {
      const options = {
        classSet: classSet('groups-8'),
        preprocessing: 'caffe',
        execution,
        probabilities: true,
      } as const;
      for await (const { predictedGroups, probabilities } of predictions(model, source, { ...options, mirror: true })) {
        expect(Math.max(...probabilities!.map((value, index) => Math.abs(value - expected[index])))).toBeLessThan(
          CLOSE,
        );
        expect(predictedGroups).toEqual(mostLikely(probabilities!, 8));
        // It makes a difference.
        expect(predictedGroups).not.toEqual(mostLikely(straight, 8));
      }
      for await (const { predictedGroups, probabilities } of predictions(model, source, options)) {
        expect(Math.max(...probabilities!.map((value, index) => Math.abs(value - straight[index])))).toBeLessThan(
          CLOSE,
        );
        expect(predictedGroups).toEqual(mostLikely(straight, 8));
      }
    },
    60_000,
  );

  test('through windows; and nothing stays behind', async () => {
    const before = tf.memory().numTensors;
    const segmenter = new Segmenter(model, description, { execution: EAGER, mirror: true });
    const found = await segmenter.probabilities(picture);
    expect(Math.max(...found.map((value, index) => Math.abs(value - expected[index])))).toBeLessThan(CLOSE);
    expect(await segmenter.predict(picture)).toEqual(mostLikely(found, 8));
    segmenter.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
