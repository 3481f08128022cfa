import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Dataset } from '../../../src/data/dataset';
import { openDataset } from '../../../src/data/open-dataset';
import { openCityscapes } from '../../../src/data/sources/cityscapes';
import { writeSyntheticCityscapes } from '../../../src/data/sources/synthetic-files';
import { DataError } from '../../../src/errors';
import { experimentSchema } from '../../../src/experiment/schema';
import { renderScene } from '../../../src/streets/render';
import { sceneName } from '../../../src/streets/scene';

const OPTIONS = { seed: 1, width: 96, height: 48, scenes: { train: 3, validation: 1, test: 1 } };
const IMAGE = 'leftImg8bit/train/aldenbruck/aldenbruck_000000_000019_leftImg8bit.png';
const INSTANCES = 'gtFine/train/aldenbruck/aldenbruck_000000_000019_gtFine_instanceIds.png';
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
    'gtFine/test/ostermoor/ostermoor_000000_000019_gtFine_instanceIds.png',
    'gtFine/test/ostermoor/ostermoor_000000_000019_gtFine_labelIds.png',
    'gtFine/train/aldenbruck/aldenbruck_000000_000019_gtFine_instanceIds.png',
    'gtFine/train/aldenbruck/aldenbruck_000000_000019_gtFine_labelIds.png',
    'gtFine/train/hohenmar/hohenmar_000000_000019_gtFine_instanceIds.png',
    'gtFine/train/hohenmar/hohenmar_000000_000019_gtFine_labelIds.png',
    'gtFine/train/nordwick/nordwick_000000_000019_gtFine_instanceIds.png',
    'gtFine/train/nordwick/nordwick_000000_000019_gtFine_labelIds.png',
    'gtFine/val/lindaval/lindaval_000000_000019_gtFine_instanceIds.png',
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

test('things of one label are numbered in a PNG of 16 bits, as Cityscapes does', async () => {
  await writeSyntheticCityscapes(folder, OPTIONS);
  const { instanceIds } = await renderScene({ seed: 1, split: 'train', index: 0, width: 96, height: 48 });
  expect(await sharp(join(folder, INSTANCES)).metadata()).toMatchObject({ depth: 'ushort', channels: 1 });
  const { data } = await sharp(join(folder, INSTANCES))
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  expect(Buffer.compare(data, Buffer.from(instanceIds.buffer))).toBe(0);
  expect(Math.max(...instanceIds)).toBeGreaterThan(1000);
});

test('a set that was made without instances gets them and keeps its pictures', async () => {
  await writeSyntheticCityscapes(folder, OPTIONS);
  const before = readFileSync(join(folder, INSTANCES));
  const made = statSync(join(folder, IMAGE)).mtimeMs;
  rmSync(join(folder, INSTANCES));
  await writeSyntheticCityscapes(folder, OPTIONS);
  expect(Buffer.compare(readFileSync(join(folder, INSTANCES)), before)).toBe(0);
  expect(statSync(join(folder, IMAGE)).mtimeMs).toBe(made);
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

test('of processes with different options one has the folder, the other is refused', async () => {
  const attempts = [1, 2].map((seed) => writeSyntheticCityscapes(folder, { ...OPTIONS, seed }));
  const outcomes = (await Promise.allSettled(attempts)).map(({ status }) => status);
  expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
});

test.each([['leftImg8bit'], ['train'], ['notes.txt']])('a folder that holds %s is never written into', async (name) => {
  mkdirSync(join(folder, name));
  await expect(writeSyntheticCityscapes(folder, OPTIONS)).rejects.toThrow(DataError);
  expect(readdirSync(folder)).toEqual([name]);
});

describe('a root that holds more than is asked for', () => {
  const open = (scenes: typeof OPTIONS.scenes) => {
    const settings = { source: 'synthetic', root: folder, synthetic: { ...OPTIONS, scenes } };
    return openDataset(experimentSchema.parse({ name: 'x', notebooks: ['a.ipynb'], data: settings }).data);
  };
  const counts = ({ splits }: Dataset) => [splits.train, splits.validation, splits.test].map(({ length }) => length);

  test('gives what is asked for alone', async () => {
    expect(counts(await open({ train: 3, validation: 1, test: 2 }))).toEqual([3, 1, 2]);
    const smaller = await open({ train: 2, validation: 1, test: 0 });
    expect(counts(smaller)).toEqual([2, 1, 0]);
    expect(smaller.splits.train.map(({ name }) => name)).toEqual(
      [0, 1].map((index) => sceneName('train', index).name).sort(),
    );
  });

  test("a person's own scene among them is not one of them", async () => {
    const { splits } = await open(OPTIONS.scenes);
    const [{ image, mask }] = splits.train;
    for (const file of [image, mask]) copyFileSync(file, file.replaceAll('_000000_', '_999999_'));
    expect((await open(OPTIONS.scenes)).splits).toEqual(splits);
  });

  test('they come as in Cityscapes, sorted by town', async () => {
    const scenes = { train: 8, validation: 2, test: 2 };
    expect((await open(scenes)).splits).toEqual(openCityscapes(folder).splits);
  });
});
