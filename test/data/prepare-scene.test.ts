import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { centerSquare } from '../../src/data/picture';
import { prepareScene } from '../../src/data/prepare-scene';
import { nearest } from '../../src/data/resize';
import { temporaryFolder, writePicture } from './fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('the centre square of wide and high pictures', () => {
  expect(centerSquare(2048, 1024)).toEqual({ left: 512, top: 0, width: 1024, height: 1024 });
  expect(centerSquare(480, 360)).toEqual({ left: 60, top: 0, width: 360, height: 360 });
  expect(centerSquare(3, 5)).toEqual({ left: 0, top: 1, width: 3, height: 3 });
});

const square = (side: number) => ({ left: 0, top: 0, width: side, height: side });

test('nearest takes the pixel under the centre of each new one', () => {
  // Side 4 to size 2: centres at 1.0 and 3.0 fall into pixels 1 and 3.
  const values = Uint8Array.from({ length: 16 }, (_, index) => index);
  expect([...nearest(values, 4, square(4), new Uint8Array(4))]).toEqual([5, 7, 13, 15]);
  // Side 2 to size 4: centres at 0.25, 0.75, 1.25, 1.75.
  const enlarged = nearest(Uint8Array.of(1, 2, 3, 4), 2, square(2), new Uint8Array(16));
  expect([...enlarged]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
});

test('image and mask stay aligned: an edge in the middle stays in the middle of both', async () => {
  const [image, mask] = [join(folder, 'image.png'), join(folder, 'mask.png')];
  await writePicture(image, 96, 48, (_, column) => (column < 48 ? [0, 0, 0] : [255, 255, 255]));
  await writePicture(mask, 96, 48, (_, column) => [column < 48 ? 7 : 11]);
  const known = { labelIdOfMaskValue: new Map([7, 11].map((id) => [id, id])) };
  const sample = await prepareScene({ name: 'edge', image, mask }, 8, known);
  const row = (values: Uint8Array, step: number) => Array.from({ length: 8 }, (_, column) => values[column * step]);
  expect(row(sample.labelIds, 1)).toEqual([7, 7, 7, 7, 11, 11, 11, 11]);
  const red = row(sample.image, 3);
  // The widened triangle filter mixes the two pixels at the edge, evenly on both sides of it.
  expect(red[3] + red[4]).toBe(255);
  expect(red.slice(0, 3)).toEqual([0, 0, 0]);
  expect(red.slice(5)).toEqual([255, 255, 255]);
});

test('so do enlarged ones', async () => {
  const [image, mask] = [join(folder, 'small.png'), join(folder, 'small-mask.png')];
  await writePicture(image, 12, 8, (_, column) => (column < 6 ? [0, 0, 0] : [255, 255, 255]));
  await writePicture(mask, 12, 8, (_, column) => [column < 6 ? 7 : 11]);
  const known = { labelIdOfMaskValue: new Map([7, 11].map((id) => [id, id])) };
  const sample = await prepareScene({ name: 'edge', image, mask }, 16, known);
  const row = (values: Uint8Array, step: number) => Array.from({ length: 16 }, (_, column) => values[column * step]);
  expect(row(sample.labelIds, 1)).toEqual([...Array(8).fill(7), ...Array(8).fill(11)]);
  // Side 8 to 16: the centres of pixels 7 and 8 lie a quarter of an old pixel before and behind the edge.
  const bright = [64, 191]; // 255 / 4 and 255 * 3 / 4, rounded
  expect(row(sample.image, 3)).toEqual([...Array(7).fill(0), ...bright, ...Array(7).fill(255)]);
});

test('a whole scene keeps its aspect, and is made lower but never higher', async () => {
  const [image, mask] = [join(folder, 'whole.png'), join(folder, 'whole-mask.png')];
  await writePicture(image, 96, 48, (_, column) => (column < 24 ? [0, 0, 0] : [255, 255, 255]));
  await writePicture(mask, 96, 48, (_, column) => [column < 24 ? 7 : 11]);
  const prepare = (height: number) =>
    prepareScene(
      { name: 'whole', image, mask },
      { height },
      { labelIdOfMaskValue: new Map([7, 11].map((id) => [id, id])) },
    );
  const half = await prepare(24);
  expect([half.width, half.labelIds.length, half.image.length]).toEqual([48, 48 * 24, 48 * 24 * 3]);
  expect([11, 12].map((column) => half.labelIds[column])).toEqual([7, 11]);
  expect(half.image[11 * 3] + half.image[12 * 3]).toBe(255);
  const own = await prepare(100);
  expect([own.width, own.labelIds.length]).toEqual([96, 96 * 48]);
  expect([23, 24].map((column) => [own.labelIds[column], own.image[column * 3]])).toEqual([
    [7, 0],
    [11, 255],
  ]);
});
