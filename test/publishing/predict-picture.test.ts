import { afterAll, beforeAll, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { GROUP_NAMES } from '../../src/labels';
import { loadSegmenter } from '../../src/publishing/load-segmenter';
import { predictPicture } from '../../src/publishing/predict-picture';
import { tf } from '../../src/tensorflow/tensorflow';
import { temporaryFolder } from '../data/fixtures';
import { EAGER } from '../tensorflow/execution';
import { noise, writeTinyRun, writeWindows } from './tiny-run';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const run = join(folder, 'run');
beforeAll(() => writeTinyRun(run));

const picture = noise(60, 40);
const options = { execution: EAGER };

test('a file or its pixels, a run or its segmenter: one answer, of the size of the picture', async () => {
  const file = join(folder, 'street.png');
  await sharp(picture.pixels, { raw: { width: 60, height: 40, channels: 3 } }).toFile(file);
  const before = tf.memory().numTensors;
  const ofFile = await predictPicture(file, run, options);
  expect(tf.memory().numTensors).toBe(before);
  expect(ofFile).toMatchObject({ width: 60, height: 40, groupNames: GROUP_NAMES });
  expect(ofFile.groups).toHaveLength(60 * 40);
  const { segmenter, dispose } = loadSegmenter(run, options);
  expect(await predictPicture(picture, segmenter)).toEqual(ofFile);
  dispose();
});

test('a photo that was taken with the camera on its side is turned upright', async () => {
  const [file, upright] = [join(folder, 'side.png'), join(folder, 'upright.png')];
  const opened = () => sharp(picture.pixels, { raw: { width: 60, height: 40, channels: 3 } });
  // Orientation 6: to be turned clockwise by a quarter.
  await opened().withMetadata({ orientation: 6 }).toFile(file);
  await opened().rotate(90).toFile(upright);
  const found = await predictPicture(file, run, options);
  expect([found.width, found.height]).toEqual([40, 60]);
  expect(found).toEqual(await predictPicture(upright, run, options));
});

test('a picture is seen through the windows of its run, also by a checkpoint, where whole pictures were evaluated', async () => {
  const asDefault = await predictPicture(picture, run, options);
  try {
    writeWindows(run, 0.5);
    const whole = await predictPicture(picture, run, options);
    // Half of 40 rows.
    expect(whole).toEqual(await predictPicture(picture, run, { ...options, window: { side: 20, overlap: 0.5 } }));
    expect(await predictPicture(picture, join(run, 'checkpoints/best'), options)).toEqual(whole);
    expect(whole.groups).not.toEqual(asDefault.groups);
    writeWindows(run, 0.5, 'training');
    expect(await predictPicture(picture, run, options)).toEqual(asDefault);
  } finally {
    rmSync(join(run, 'experiment.yaml'));
  }
});

test('areas count the pixels of each group', async () => {
  const { groups, areas } = await predictPicture(picture, run, options);
  const counted = GROUP_NAMES.map((_, index) => groups.filter((group) => group === index).length / 2400);
  expect(Object.entries(areas)).toEqual(GROUP_NAMES.map((name, group) => [name, counted[group]]));
  expect(counted.filter((share) => share > 0).length).toBeGreaterThan(1);
});

test('probabilities, if asked for: of a pixel they sum to 1, and the largest is its group', async () => {
  const { groups } = await predictPicture(picture, run, options);
  const asked = await predictPicture(picture, run, { ...options, probabilities: true });
  expect(asked.groups).toEqual(groups);
  for (let pixel = 0; pixel < 2400; pixel += 1) {
    const values = Array.from(asked.probabilities!.subarray(pixel * 8, pixel * 8 + 8));
    expect(values.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
    expect(values.indexOf(Math.max(...values))).toBe(groups[pixel]);
  }
});
