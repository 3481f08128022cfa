import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { renderScene } from '../../../src/data/synthetic/render';
import { writeSyntheticCityscapes } from '../../../src/data/synthetic/write-synthetic';
import { DataError } from '../../../src/errors';

const OPTIONS = { seed: 1, width: 96, height: 48, scenes: { train: 3, validation: 1, test: 1 } };
const IMAGE = 'leftImg8bit/train/aldenbruck/aldenbruck_000000_000019_leftImg8bit.png';
const MASK = 'gtFine/train/aldenbruck/aldenbruck_000000_000019_gtFine_labelIds.png';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'synthetic-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = () =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((file) => statSync(join(folder, file)).isFile()).sort();

test('files lie as in Cityscapes', async () => {
  await writeSyntheticCityscapes(folder, OPTIONS);
  expect(files()).toEqual([
    'gtFine/test/ostermoor/ostermoor_000000_000019_gtFine_labelIds.png',
    'gtFine/train/aldenbruck/aldenbruck_000000_000019_gtFine_labelIds.png',
    'gtFine/train/hohenmar/hohenmar_000000_000019_gtFine_labelIds.png',
    'gtFine/train/nordwick/nordwick_000000_000019_gtFine_labelIds.png',
    'gtFine/val/lindaval/lindaval_000000_000019_gtFine_labelIds.png',
    'leftImg8bit/test/ostermoor/ostermoor_000000_000019_leftImg8bit.png',
    'leftImg8bit/train/aldenbruck/aldenbruck_000000_000019_leftImg8bit.png',
    'leftImg8bit/train/hohenmar/hohenmar_000000_000019_leftImg8bit.png',
    'leftImg8bit/train/nordwick/nordwick_000000_000019_leftImg8bit.png',
    'leftImg8bit/val/lindaval/lindaval_000000_000019_leftImg8bit.png',
    'synthetic.json',
  ]);
});

test('the PNGs hold exactly what was rendered: RGB picture, one channel of label ids', async () => {
  await writeSyntheticCityscapes(folder, OPTIONS);
  const scene = await renderScene({ seed: 1, split: 'train', index: 0, width: 96, height: 48 });
  const image = await sharp(join(folder, IMAGE)).raw().toBuffer({ resolveWithObject: true });
  const mask = await sharp(join(folder, MASK)).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect(image.info).toMatchObject({ width: 96, height: 48, channels: 3 });
  expect(mask.info).toMatchObject({ width: 96, height: 48, channels: 1 });
  expect((await sharp(join(folder, MASK)).metadata()).channels).toBe(1);
  expect(Buffer.compare(image.data, scene.image)).toBe(0);
  expect(Buffer.compare(mask.data, scene.labelIds)).toBe(0);
});

test('what is there is kept, what is missing is made, and the same bytes come back', async () => {
  await writeSyntheticCityscapes(folder, OPTIONS);
  const before = readFileSync(join(folder, IMAGE));
  rmSync(join(folder, IMAGE));
  const kept = join(folder, 'leftImg8bit/train/hohenmar/hohenmar_000000_000019_leftImg8bit.png');
  writeFileSync(kept, 'left alone');
  const progress: number[][] = [];
  await writeSyntheticCityscapes(folder, OPTIONS, { onProgress: (done, total) => progress.push([done, total]) });
  expect(Buffer.compare(readFileSync(join(folder, IMAGE)), before)).toBe(0);
  expect(readFileSync(kept, 'utf8')).toBe('left alone');
  expect(progress).toEqual([[5, 5]]);
});

test('a set can grow: the scenes it had do not change', async () => {
  await writeSyntheticCityscapes(folder, OPTIONS);
  const before = readFileSync(join(folder, IMAGE));
  await writeSyntheticCityscapes(folder, { ...OPTIONS, scenes: { train: 5, validation: 1, test: 1 } });
  expect(Buffer.compare(readFileSync(join(folder, IMAGE)), before)).toBe(0);
  expect(files().filter((file) => file.startsWith('leftImg8bit/train'))).toHaveLength(5);
});

test('a folder made with other options is refused, and says which', async () => {
  await writeSyntheticCityscapes(folder, OPTIONS);
  const attempt = writeSyntheticCityscapes(folder, { ...OPTIONS, seed: 2 });
  await expect(attempt).rejects.toThrow(DataError);
  await expect(attempt).rejects.toThrow(/expected .*"seed":2.* found .*"seed":1/);
});

test('a data set that was not generated is never written into', async () => {
  mkdirSync(join(folder, 'leftImg8bit'));
  await expect(writeSyntheticCityscapes(folder, OPTIONS)).rejects.toThrow(DataError);
  expect(readdirSync(folder)).toEqual(['leftImg8bit']);
});
