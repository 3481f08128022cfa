import { expect, test } from 'bun:test';
import { AUGMENTATIONS } from '../../../src/data/augmentations';
import { augmenter } from '../../../src/data/augmentations/augmentation';
import { heightForCrops } from '../../../src/data/augmentations/crop';
import type { Sample } from '../../../src/data/prepare-scene';
import { createRandom } from '../../../src/random';

/** 8 pixels wide and 4 high; red counts the columns, green the rows, and the label ids all pixels. */
const scene: Sample = {
  name: 'scene',
  image: Uint8Array.from({ length: 8 * 4 * 3 }, (_, place) => {
    const pixel = Math.floor(place / 3);
    return [pixel % 8, Math.floor(pixel / 8), 0][place % 3];
  }),
  width: 8,
  labelIds: Uint8Array.from({ length: 32 }, (_, pixel) => pixel),
};

test('a square of half the height, in its own size: image and label ids are of the same place', () => {
  const stream = createRandom(1);
  const numbers = stream.clone();
  const change = augmenter(AUGMENTATIONS.crop, { scale: [0.5, 0.5] }, 2).draw(stream);
  const [, x, y] = [numbers.next(), numbers.next(), numbers.next()];
  // A side of 0.5 x 4 = 2 pixels fits in 8 - 2 + 1 = 7 columns and 4 - 2 + 1 = 3 rows.
  const [left, top] = [Math.floor(x * 7), Math.floor(y * 3)];
  const { image, labelIds, width } = change(scene);
  expect(width).toBe(2);
  expect([...labelIds]).toEqual([0, 1, 8, 9].map((place) => place + top * 8 + left));
  expect([...image].filter((_, place) => place % 3 === 0)).toEqual([left, left + 1, left, left + 1]);
  expect([...image].filter((_, place) => place % 3 === 1)).toEqual([top, top, top + 1, top + 1]);
});

test('every place inside occurs, and no other', () => {
  const { draw } = augmenter(AUGMENTATIONS.crop, { scale: [0.5, 0.5] }, 2);
  const stream = createRandom(2);
  const corners = new Set(Array.from({ length: 400 }, () => draw(stream)(scene).labelIds[0]));
  expect([...corners].sort((a, b) => a - b)).toEqual(
    [0, 8, 16].flatMap((row) => [0, 1, 2, 3, 4, 5, 6].map((x) => row + x)),
  );
});

test('a larger square is made as small as the model wants it: the nearest label, the mean of the pixels', () => {
  const { image, labelIds } = augmenter(AUGMENTATIONS.crop, { scale: [1, 1] }, 1).draw(createRandom(3))(scene);
  // From column `left` on: the mean of four columns is left + 1.5, rounded left + 2, where the middle lies too.
  expect(image[0]).toBeGreaterThanOrEqual(2);
  expect([image[1], labelIds[0]]).toEqual([2, 2 * 8 + image[0]]);
});

test('scenes are prepared so high that the smallest square need not be enlarged', () => {
  expect(heightForCrops({ scale: [0.5, 1] }, 96)).toBe(192);
  expect(heightForCrops({ scale: [0.45, 1] }, 96)).toBe(214); // 213.3
});
