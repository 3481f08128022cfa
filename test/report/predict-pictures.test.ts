import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { GROUP_COLORS, GROUP_NAMES } from '../../src/data/labels';
import { DataError } from '../../src/errors';
import { buildModel, type ModelDescription } from '../../src/model/build-model';
import { predictionPng, predictPictures } from '../../src/report/predict-pictures';
import { saveCheckpoint } from '../../src/training/checkpoint';
import { temporaryFolder, writePicture } from '../data/fixtures';
import { tinyDescription } from '../model/tiny-model';
import { EAGER } from '../tensorflow/execution';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const run = join(folder, 'run');
const pictures = join(folder, 'pictures');

beforeAll(async () => {
  const description: ModelDescription = { ...tinyDescription, width: 1 / 32, preprocessing: 'tf' };
  const model = buildModel(description);
  await saveCheckpoint(join(run, 'checkpoints/best'), model, { ...description, epoch: 1, validationLoss: 1 });
  model.dispose();
  await writePicture(join(pictures, 'street.png'), 40, 20, (row, column) => [row * 5, column * 5, 90]);
  await writePicture(join(pictures, 'val/ulm/ulm_000000_000019_leftImg8bit.png'), 48, 24, () => [9, 99, 199]);
  writeFileSync(join(pictures, 'notes.txt'), 'not a picture');
});

const predict = (path: string, options = {}) =>
  predictPictures(path, run, { out: join(folder, 'out'), execution: EAGER, ...options });

test('a folder: every picture in and below it, in its own size, under its own name', async () => {
  const progress: string[] = [];
  const files = await predict(pictures, {
    onPicture: (done: number, total: number) => progress.push(`${done}/${total}`),
  });
  const out = join(folder, 'out');
  expect(files).toEqual([join(out, 'street_mask.png'), join(out, 'val/ulm/ulm_000000_000019_mask.png')]);
  expect(progress).toEqual(['1/2', '2/2']);
  expect(await sharp(files[0]).metadata()).toMatchObject({ width: 40, height: 20, channels: 3 });
});

test('one picture, in each format', async () => {
  const street = join(pictures, 'street.png');
  expect(await predict(street, { format: 'overlay' })).toEqual([join(folder, 'out/street_overlay.png')]);
  const [file] = await predict(street, { format: 'cityscapes' });
  expect(file).toEndWith('street_labelIds.png');
  expect(await sharp(file).metadata()).toMatchObject({ width: 40, height: 20, channels: 1, depth: 'uchar' });
});

test('what the formats hold', async () => {
  const picture = { width: 2, height: 1, pixels: Uint8Array.of(10, 20, 30, 200, 210, 220) };
  const groups = Uint8Array.of(GROUP_NAMES.indexOf('sky'), GROUP_NAMES.indexOf('void'));
  const values = async (format: 'mask' | 'overlay' | 'cityscapes') => {
    const png = sharp(await predictionPng(picture, groups, format));
    return [...(await (format === 'cityscapes' ? png.extractChannel(0) : png).raw().toBuffer())];
  };
  expect(await values('mask')).toEqual([...GROUP_COLORS.sky, ...GROUP_COLORS.void]);
  const half = (a: number, b: number) => Math.round((a + b) / 2);
  const [red, green, blue] = GROUP_COLORS.sky;
  expect(await values('overlay')).toEqual([half(10, red), half(20, green), half(30, blue), 100, 105, 110]);
  expect(await values('cityscapes')).toEqual([23, 0]);
});

test('on the command line; two formats at once are refused', () => {
  const roadseg = (...flags: string[]) => {
    const command = ['src/cli.ts', 'predict', join(pictures, 'street.png'), '--run', run, ...flags];
    const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...command], { stderr: 'pipe' });
    return { exitCode, output: `${stdout}${stderr}` };
  };
  const done = roadseg('--overlay');
  expect(done.output).toContain(`1/1 ${run}/predictions/street_overlay.png`);
  expect(done.exitCode).toBe(0);
  const refused = roadseg('--overlay', '--format', 'cityscapes');
  expect(refused.output).toContain("'--overlay' cannot be used with option '--format <format>'");
  expect(refused.exitCode).toBe(1);
}, 30_000);

test('no such path, a folder without pictures, a picture that is none: each is named', async () => {
  mkdirSync(join(folder, 'empty'), { recursive: true });
  writeFileSync(join(folder, 'broken.png'), 'no picture');
  const problem = (path: string) => predict(join(folder, path)).catch((error: Error) => error);
  for (const [path, message] of [
    ['gone', 'gone: no such file or folder'],
    ['empty', 'empty: holds no picture'],
    ['broken.png', 'broken.png: cannot be read as a picture'],
  ]) {
    const error = (await problem(path)) as Error;
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain(message);
  }
});
