import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import sharp from 'sharp';
import { isPictureName, readPicture } from '../../src/data/picture';
import { temporaryFolder, writePng } from './fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test.each(['png', 'jpg', 'jpeg', 'webp', 'tif', 'tiff', 'avif', 'gif'])(
  '%s is read and known by its name',
  async (ending) => {
    const file = join(folder, `street.${ending}`);
    await sharp({ create: { width: 16, height: 8, channels: 3, background: '#808080' } }).toFile(file);
    expect(await readPicture(file)).toMatchObject({ width: 16, height: 8 });
    expect(isPictureName(file)).toBe(true);
    expect(isPictureName(file.toUpperCase())).toBe(true);
  },
);

test.each(['notes.txt', 'drawing.svg', 'png', '.png', 'a.png.txt'])('%s is not named like a picture', (name) => {
  expect(isPictureName(name)).toBe(false);
});

const file = join(folder, 'picture.png');
const pixels = async () => [...(await readPicture(file)).pixels];

// Over 257 and rounded: 128 / 257 = 0.498, 129 / 257 = 0.502, 1799 = 7 * 257, 40000 / 257 = 155.6.
const SIXTEEN = [0, 128, 129, 256, 1799, 32768, 40000, 65407, 65535] as const;
const EIGHT = [0, 0, 1, 1, 7, 128, 156, 255, 255] as const;

test('16 bits are rounded to 8, not cut', async () => {
  writePng(file, 'rgb', 16, SIXTEEN);
  expect(await pixels()).toEqual([...EIGHT]);
  writePng(file, 'grey', 16, SIXTEEN);
  expect(await pixels()).toEqual(EIGHT.flatMap((value) => [value, value, value]));
});

test('16 bits with a colour profile are refused: the library takes it for another one', async () => {
  const raw = Uint16Array.from({ length: 12 }, (_, index) => index * 5000);
  await sharp(raw, { raw: { width: 4, height: 1, channels: 3 } })
    .toColourspace('rgb16')
    .withIccProfile('srgb')
    .png()
    .toFile(file);
  await expect(readPicture(file)).rejects.toThrow(/16 bits and a colour profile/);
});

test('palettes and grey become their colours', async () => {
  writePng(file, 'palette', 4, [0, 1, 2, 1], [10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect(await pixels()).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 40, 50, 60]);
  writePng(file, 'grey', 8, [3, 200]);
  expect(await pixels()).toEqual([3, 3, 3, 200, 200, 200]);
});

test('what is transparent is laid on black', async () => {
  writePng(file, 'rgba', 8, [200, 100, 50, 255, 200, 100, 50, 0]);
  expect(await pixels()).toEqual([200, 100, 50, 0, 0, 0]);
  writePng(file, 'rgba', 16, [51400, 25700, 12850, 65535, 51400, 25700, 12850, 0]);
  expect(await pixels()).toEqual([200, 100, 50, 0, 0, 0]);
});

test('inks are refused: what colours they make depends on the printer', async () => {
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
    .toColourspace('cmyk')
    .jpeg()
    .toFile(file);
  await expect(readPicture(file)).rejects.toThrow(/its colours are CMYK/);
});

test('several pictures in one file are refused', async () => {
  const frame = (shade: string) => sharp({ create: { width: 4, height: 4, channels: 3, background: shade } }).png();
  const frames = await Promise.all(['#000', '#fff'].map((shade) => frame(shade).toBuffer()));
  await sharp(frames, { join: { animated: true } })
    .gif()
    .toFile(file);
  await expect(readPicture(file)).rejects.toThrow(/holds 2 pictures, expected one/);
});
