import { afterAll, describe, expect, test } from 'bun:test';
import { copyFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scenesOf } from '../../../src/data/dataset';
import { openDataset } from '../../../src/data/open-dataset';
import { prepareScene } from '../../../src/data/prepare-scene';
import { openCamVid } from '../../../src/data/sources/camvid';
import { openCityscapes } from '../../../src/data/sources/cityscapes';
import { DataError } from '../../../src/errors';
import { experimentSchema } from '../../../src/experiment/schema';
import { temporaryFolder, writeCityscapesScene, writePicture } from '../fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** The message of the DataError that `action` must end in. */
async function problem(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return (error as DataError).message;
  }
  throw new Error('no error');
}

describe('Cityscapes', () => {
  const root = join(folder, 'cityscapes');

  test('reads any subset of splits and cities', async () => {
    await writeCityscapesScene(root, 'train', 'ulm_000000_000019');
    await writeCityscapesScene(root, 'train', 'aachen_000001_000019');
    await writeCityscapesScene(root, 'val', 'lindau_000000_000019');
    const dataset = openCityscapes(root);
    expect(dataset.splits.train.map(({ name }) => name)).toEqual(['aachen_000001_000019', 'ulm_000000_000019']);
    expect(dataset.splits.validation).toHaveLength(1);
    expect(await problem(() => scenesOf(dataset, 'test'))).toContain('no labelled scene in its test split');
  });

  test('a missing root, mask or image is named with the layout', async () => {
    expect(await problem(() => openCityscapes(join(folder, 'nowhere')))).toContain('nowhere: no such folder');
    const lone = join(folder, 'lone');
    const { mask, image } = await writeCityscapesScene(lone, 'train', 'ulm_000000_000019');
    rmSync(mask);
    expect(await problem(() => openCityscapes(lone))).toContain(`${image}: its mask is missing`);
    await writeCityscapesScene(lone, 'train', 'ulm_000000_000019');
    rmSync(image);
    expect(await problem(() => openCityscapes(lone))).toContain(`${mask}: its image is missing`);
  });

  test('two scenes of one name are named, so that none is left out', async () => {
    const twice = join(folder, 'twice');
    const { image } = await writeCityscapesScene(twice, 'train', 'ulm_000000_000019');
    const other = join(twice, 'leftImg8bit', 'train', 'zurich', 'ulm_000000_000019_leftImg8bit.png');
    mkdirSync(dirname(other), { recursive: true });
    copyFileSync(image, other);
    expect(await problem(() => openCityscapes(twice))).toContain(`${other}: has the name of ${image}`);
  });

  test('without a root, the error says how to give one', async () => {
    const { data } = experimentSchema.parse({ name: 'x', notebooks: ['a.ipynb'], data: { source: 'camvid' } });
    expect(await problem(() => openDataset(data))).toContain('data.root');
  });
});

describe('CamVid', () => {
  test('masks of class indices become label ids', async () => {
    const root = join(folder, 'camvid');
    await writePicture(join(root, 'train', 'a.png'), 4, 4, () => [1, 2, 3]);
    await writePicture(join(root, 'trainannot', 'a.png'), 4, 4, (row) => [[3, 9, 10, 11][row]]);
    const dataset = openCamVid(root);
    const { labelIds } = await prepareScene(dataset.splits.train[0], 4, dataset);
    // road, pedestrian, bicyclist, unlabelled
    expect([...labelIds]).toEqual([7, 7, 7, 7, 24, 24, 24, 24, 25, 25, 25, 25, 0, 0, 0, 0]);
  });

  test('each split is its folder: train, val and test', async () => {
    const root = join(folder, 'splits');
    for (const [split, name] of [
      ['train', 'a'],
      ['val', 'b'],
      ['test', 'c'],
    ]) {
      await writePicture(join(root, split, `${name}.png`), 4, 4, () => [1, 2, 3]);
      await writePicture(join(root, `${split}annot`, `${name}.png`), 4, 4, () => [0]);
    }
    const { train, validation, test } = openCamVid(root).splits;
    const names = [train, validation, test].map((scenes) => scenes.map(({ name }) => name));
    expect(names).toEqual([['a'], ['b'], ['c']]);
  });

  test('an empty split folder is an empty split', async () => {
    const root = join(folder, 'half');
    await writePicture(join(root, 'train', 'a.png'), 4, 4, () => [1, 2, 3]);
    await writePicture(join(root, 'trainannot', 'a.png'), 4, 4, () => [0]);
    expect(await problem(() => scenesOf(openCamVid(root), 'validation'))).toContain('no labelled scene');
  });
});

describe('damaged scenes', () => {
  const root = join(folder, 'damaged');
  const prepare = (scene: { image: string; mask: string }) =>
    prepareScene({ name: 'scene', ...scene }, 4, openCityscapes(root));

  test('image and mask of different sizes', async () => {
    const scene = await writeCityscapesScene(root, 'train', 'a_000000_000001', { maskWidth: 6 });
    expect(await problem(() => prepare(scene))).toContain(`${scene.mask}: is 6x4, its image ${scene.image} is 8x4`);
  });

  test('an unknown label id, also outside the resized pixels', async () => {
    const scene = await writeCityscapesScene(root, 'train', 'a_000000_000002', { left: 255 });
    expect(await problem(() => prepare(scene))).toContain(
      `${scene.mask}: holds the value 255 (8 of 16 pixels), expected 0 to 33`,
    );
  });

  test('a mask in colour', async () => {
    const scene = await writeCityscapesScene(root, 'train', 'a_000000_000003');
    await writePicture(scene.mask, 8, 4, () => [128, 64, 128]);
    expect(await problem(() => prepare(scene))).toContain('has 3 channels, expected one');
  });

  test('a picture cut short, and one that is none', async () => {
    const scene = await writeCityscapesScene(root, 'train', 'a_000000_000004');
    truncateSync(scene.image, 60);
    expect(await problem(() => prepare(scene))).toContain(`${scene.image}: cannot be read as a picture`);
    writeFileSync(scene.image, 'no picture');
    expect(await problem(() => prepare(scene))).toContain(`${scene.image}: cannot be read as a picture`);
  });
});
