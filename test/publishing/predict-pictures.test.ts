import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { classSet } from '../../src/data/classes';
import { DataError } from '../../src/errors';
import { GROUP_COLORS, GROUP_NAMES } from '../../src/labels';
import { buildModel } from '../../src/model/build-model';
import type { ModelDescription } from '../../src/model/model-description';
import type { PredictionFormat } from '../../src/publishing/picture-files';
import { type PictureFailure, predictionPng, predictPictures } from '../../src/publishing/predict-pictures';
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
  const onPredicted = (_: string, done: number, total: number) => progress.push(`${done}/${total}`);
  const { predictions: files, failures } = await predict(pictures, { listener: { onPredicted } });
  const out = join(folder, 'out');
  expect(failures).toEqual([]);
  expect(files).toEqual([join(out, 'street_mask.png'), join(out, 'val/ulm/ulm_000000_000019_mask.png')]);
  expect(progress).toEqual(['1/2', '2/2']);
  expect(await sharp(files[0]).metadata()).toMatchObject({ width: 40, height: 20, channels: 3 });
});

test('one picture, in each format', async () => {
  const street = join(pictures, 'street.png');
  const { predictions } = await predict(street, { format: 'overlay' });
  expect(predictions).toEqual([join(folder, 'out/street_overlay.png')]);
  const [file] = (await predict(street, { format: 'cityscapes' })).predictions;
  expect(file).toEndWith('street_labelIds.png');
  expect(await sharp(file).metadata()).toMatchObject({ width: 40, height: 20, channels: 1, depth: 'uchar' });
});

test('what the formats hold', async () => {
  const picture = { width: 2, height: 1, pixels: Uint8Array.of(10, 20, 30, 200, 210, 220) };
  const groups = Uint8Array.of(GROUP_NAMES.indexOf('sky'), GROUP_NAMES.indexOf('void'));
  const values = async (format: PredictionFormat) => {
    const png = sharp(await predictionPng(picture, groups, classSet('groups-8'), format));
    return [
      ...(await (format === 'cityscapes' || format === 'indices' ? png.extractChannel(0) : png).raw().toBuffer()),
    ];
  };
  expect(await values('mask')).toEqual([...GROUP_COLORS.sky, ...GROUP_COLORS.void]);
  const half = (a: number, b: number) => Math.round((a + b) / 2);
  const [red, green, blue] = GROUP_COLORS.sky;
  expect(await values('overlay')).toEqual([half(10, red), half(20, green), half(30, blue), 100, 105, 110]);
  expect(await values('cityscapes')).toEqual([23, 0]);
  expect(await values('indices')).toEqual([...groups]);
});

describe('a folder of all sorts', () => {
  const sorts = join(folder, 'sorts');
  const grey = (name: string) =>
    sharp({ create: { width: 32, height: 24, channels: 3, background: '#808080' } }).toFile(join(sorts, name));
  beforeAll(async () => {
    mkdirSync(join(sorts, '.hidden'), { recursive: true });
    mkdirSync(join(sorts, 'folder.png'));
    for (const name of ['.hidden/a.png', 'b.webp', 'c.tif', 'd.avif', 'e.JPEG', 'plain.jpg', 'plain.png'])
      await grey(name);
    writeFileSync(join(sorts, 'broken.png'), 'no picture');
    writeFileSync(join(sorts, 'cut.png'), (await Bun.file(join(pictures, 'street.png')).bytes()).subarray(0, 60));
  });

  test('every format that is read; a file that cannot be is told of, and the others are predicted', async () => {
    const told: string[] = [];
    const { predictions, failures } = await predict(sorts, {
      out: join(folder, 'all'),
      listener: { onFailed: ({ picture }: PictureFailure, done: number) => told.push(`${done} ${basename(picture)}`) },
    });
    const names = ['b', 'c', 'd', 'e', 'plain.jpg', 'plain.png'].map((name) => `${name}_mask.png`);
    expect(predictions.map((file) => basename(file))).toEqual(names);
    expect(predictions.every(existsSync)).toBe(true);
    expect(told).toEqual(['2 broken.png', '4 cut.png']);
    expect(failures.map(({ error }) => error)).toEqual([expect.any(DataError), expect.any(DataError)]);
  });

  test('into the folder itself and below it, twice, in two formats: predictions are not predicted', async () => {
    const count = async (out: string, format?: string) => (await predict(sorts, { out, format })).predictions.length;
    for (const out of [sorts, join(sorts, 'below')]) {
      expect(await count(out)).toBe(6);
      expect(await count(out, 'overlay')).toBe(6);
      expect(await count(out, 'cityscapes')).toBe(6);
      expect(await count(out)).toBe(6);
    }
    // Nor when they go elsewhere.
    expect(await count(join(folder, 'elsewhere'))).toBe(6);
  });

  test('a picture that only has the name of a prediction is predicted, and never replaced by one', async () => {
    const own = join(folder, 'own');
    await writePicture(join(own, 'car.png'), 32, 32, () => [1, 2, 3]);
    await writePicture(join(own, 'car_mask.png'), 32, 32, () => [4, 5, 6]);
    expect((await predict(own)).predictions).toHaveLength(2);
    const problem = (await predict(own, { out: own }).catch((error: Error) => error)) as Error;
    expect(problem).toBeInstanceOf(DataError);
    expect(problem.message).toContain('car_mask.png: is a picture to predict, and the prediction of');
    // By another name, too.
    const link = join(folder, 'link');
    symlinkSync(own, link);
    await expect(predict(own, { out: link })).rejects.toThrow('car_mask.png: is a picture to predict');
    expect(readdirSync(own)).toEqual(['car.png', 'car_mask.png']);
  });

  test('two that cannot be told apart are refused before anything is predicted', async () => {
    const twins = join(folder, 'twins');
    for (const name of ['a.jpg', 'a.png', 'a.png.png']) await writePicture(join(twins, name), 8, 8, () => [1, 2, 3]);
    const out = join(folder, 'of-twins');
    const problem = (await predict(twins, { out }).catch((error: Error) => error)) as Error;
    expect(problem.message).toMatch(/a.png and .*a.png.png: both would be predicted into .*a.png_mask.png/);
    expect(existsSync(out)).toBe(false);
  });

  const roadseg = (...flags: string[]) => {
    const command = ['src/cli.ts', 'predict', sorts, '--run', run, '--out', join(folder, 'cli'), ...flags];
    const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...command], { stderr: 'pipe' });
    return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
  };

  test('on the command line it ends with what failed, and exit code 1', () => {
    const { exitCode, stdout, stderr } = roadseg();
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`8/8 ${join(folder, 'cli')}/plain.png_mask.png\n`);
    expect(stderr).not.toContain('oneDNN');
    expect(stderr).toMatch(/\n2 of 8 pictures could not be predicted\n {2}.*broken.png: .*\n {2}.*cut.png: .*\n {2}→ /);
  }, 30_000);

  test('quiet, it prints the predictions; with --json one object; standard error has what went wrong alone', () => {
    const quiet = roadseg('-q');
    expect(quiet.stdout.trim().split('\n')).toHaveLength(6);
    expect(quiet.stderr).toStartWith('\n2 of 8 pictures');
    const { predictions, failures } = JSON.parse(roadseg('--json').stdout);
    expect(predictions).toHaveLength(6);
    expect(failures[0]).toEqual({
      picture: join(sorts, 'broken.png'),
      problem: expect.stringContaining('broken.png: cannot be read as a picture'),
      remedy: 'fetch the file again',
    });
    expect(quiet.exitCode).toBe(1);
  }, 30_000);

  test('with --verbose, TensorFlow says what it does', () => {
    expect(roadseg('--verbose').stderr).toContain('oneDNN');
  }, 30_000);

  test.each(['-q', '--json'])(
    'when all goes well, %s leaves standard error empty',
    (flag) => {
      const command = ['src/cli.ts', 'predict', join(pictures, 'street.png'), '--run', run, flag];
      const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...command], { stderr: 'pipe' });
      expect(stderr.toString()).toBe('');
      expect(stdout.toString()).toContain('street_mask.png');
      expect(exitCode).toBe(0);
    },
    30_000,
  );
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
