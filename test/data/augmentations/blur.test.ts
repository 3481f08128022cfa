import { expect, test } from 'bun:test';
import { AUGMENTATIONS } from '../../../src/data/augmentations';
import { augmenter } from '../../../src/data/augmentations/augmentation';
import { blurred } from '../../../src/data/augmentations/blur';
import { createRandom } from '../../../src/random';

test('a point becomes a Gaussian, the same along both directions', () => {
  const point = new Uint8Array(9 * 9 * 3);
  point[(4 * 9 + 4) * 3] = 255;
  const red = [...blurred(point, 9, 1)].filter((_, place) => place % 3 === 0);
  // exp(-d² / 2) for d = 0 to 3: 1, 0.6065, 0.1353, 0.0111; with both sides they sum to 2.506, so the middle has 0.3991.
  const row = [0, 1, 2, 3].map((distance) => Math.round(255 * (Math.exp(-(distance ** 2) / 2) / 2.506)));
  expect(row).toEqual([102, 62, 14, 1]);
  const expected = [1, 14, 62, 102, 62, 14, 1].map((value) => Math.round(value * 0.3991));
  expect(red.slice(4 * 9 + 1, 4 * 9 + 8)).toEqual(expected);
  expect([1, 2, 3, 4, 5, 6, 7].map((y) => red[y * 9 + 4])).toEqual(expected);
});

test('one colour stays one colour to its edges', () => {
  const plain = Uint8Array.from({ length: 4 * 3 * 3 }, (_, place) => [10, 128, 255][place % 3]);
  expect(blurred(plain, 4, 2.5)).toEqual(plain);
});

test('as many samples are blurred as are asked for, and label ids stay sharp', () => {
  const sample = { name: 'a', image: Uint8Array.of(0, 0, 0, 255, 255, 255), width: 2, labelIds: Uint8Array.of(7, 8) };
  const { draw } = augmenter(AUGMENTATIONS.blur, { probability: 0.25, radius: [1, 2] }, 2);
  const stream = createRandom(1);
  const changed = Array.from({ length: 400 }, () => draw(stream)(sample));
  expect(changed.every(({ labelIds }) => labelIds === sample.labelIds)).toBe(true);
  const count = changed.filter(({ image }) => image[0] > 0).length;
  expect(count).toBeGreaterThan(70);
  expect(count).toBeLessThan(130);
});
