import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { cpSync, readdirSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { classDistribution } from '../../src/data/class-distribution';
import { classSet } from '../../src/data/classes';
import { CROP_LABELS, cropClassByLabelId, ObjectCrops } from '../../src/data/object-crops';
import { PreparedScenes, pickSamples, type SampleSource } from '../../src/data/sample-source';
import { openCityscapes } from '../../src/data/sources/cityscapes';
import { keepingTime, temporaryFolder, writeCityscapesScene, writePicture } from './fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

describe('prepared scenes', () => {
  const [root, cache] = [join(folder, 'cityscapes'), join(folder, 'cache')];
  let image: string;
  let mask: string;
  const open = () => {
    const dataset = openCityscapes(root);
    return new PreparedScenes(dataset, dataset.splits.train, 4, cache);
  };
  const cached = () =>
    readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((file) => /\.sample$/.test(file));

  beforeAll(async () => {
    ({ image, mask } = await writeCityscapesScene(root, 'train', 'ulm_000000_000001'));
  });

  test('are cached, and come from the cache as they were made', async () => {
    const made = await open().read(0);
    expect(cached()).toHaveLength(1);
    const again = await open().read(0);
    expect([...again.image]).toEqual([...made.image]);
    // A Buffer would give a view of itself where others copy a part of it to change it.
    again.image.slice().fill(0);
    again.labelIds.slice().fill(0);
    expect([...again.image]).toEqual([...made.image]);
    expect([...again.labelIds]).toEqual([7, 7, 11, 11, 7, 7, 11, 11, 7, 7, 11, 11, 7, 7, 11, 11]);
  });

  test('a cached sample that is cut short is made again', async () => {
    const whole = await open().read(0);
    truncateSync(join(cache, cached()[0]), 10);
    expect([...(await open().read(0)).image]).toEqual([...whole.image]);
  });

  test('whole scenes are cached beside the squares, with their width', async () => {
    const dataset = openCityscapes(root);
    const whole = () => new PreparedScenes(dataset, dataset.splits.train, { height: 2 }, cache).read(0);
    const before = cached();
    const made = await whole();
    expect(cached()).toHaveLength(before.length + 1);
    const again = await whole();
    expect([again.width, ...again.labelIds]).toEqual([4, 7, 7, 11, 11, 7, 7, 11, 11]);
    expect([...again.image]).toEqual([...made.image]);
  });

  test('a changed picture gives another sample', async () => {
    await writePicture(image, 8, 4, () => [1, 2, 3]);
    utimesSync(image, 1, 1);
    const { image: pixels } = await open().read(0);
    expect([...pixels.slice(0, 3)]).toEqual([1, 2, 3]);
  });

  test('so does a mask that was edited at equal size and given its old time', async () => {
    await open().read(0);
    const { size, mtimeMs } = statSync(mask);
    await keepingTime(mask, () => writePicture(mask, 8, 4, (_, column) => [column < 4 ? 8 : 11]));
    expect(statSync(mask)).toMatchObject({ size, mtimeMs });
    expect((await open().read(0)).labelIds[0]).toBe(8);
  });

  test('the same pictures under another path come from the cache', async () => {
    const [copy, before] = [join(folder, 'copy'), cached()];
    cpSync(root, copy, { recursive: true });
    const dataset = openCityscapes(copy);
    await new PreparedScenes(dataset, dataset.splits.train, 4, cache).read(0);
    expect(cached()).toEqual(before);
  });
});

/** Two scenes of 8x8: road with a pole one pixel wide, and sky alone. */
const scenes: SampleSource = {
  length: 2,
  read: async (index) => ({
    name: `scene-${index}`,
    image: Uint8Array.from({ length: 8 * 8 * 3 }, (_, place) =>
      index === 0 && Math.floor(place / 3) % 8 === 4 ? 250 : 20,
    ),
    width: 8,
    labelIds: Uint8Array.from({ length: 64 }, (_, pixel) => (index === 1 ? 23 : pixel % 8 === 4 ? 17 : 7)),
  }),
};

describe('object-centred crops', () => {
  const options = { scenes, sceneSize: 8, count: 200, size: 4, seed: 1 };

  test('labels are drawn evenly among those in the scene, however few their pixels', async () => {
    const crops = await Promise.all(Array.from({ length: 200 }, (_, index) => new ObjectCrops(options).read(index)));
    const count = (id: number) => crops.filter(({ labelIds }) => labelIds[0] === id).length;
    expect(count(23)).toBe(100); // every other crop is of the sky's scene
    expect(count(17)).toBeGreaterThan(30); // an eighth of the pixels, half of the draws
    expect(count(17) + count(7)).toBe(100);
    for (const { image } of crops) expect(image).toHaveLength(4 * 4 * 3);
  });

  test('the same seed gives the same crops, another seed others', async () => {
    const pictures = (seed: number) =>
      Promise.all(
        [0, 2, 4, 6].map(async (index) => [...(await new ObjectCrops({ ...options, seed }).read(index)).image]),
      );
    expect(await pictures(1)).toEqual(await pictures(1));
    expect(await pictures(1)).not.toEqual(await pictures(2));
  });

  test('a scene is read once for all of its crops', async () => {
    const read: number[] = [];
    const counted: SampleSource = {
      length: scenes.length,
      read: (index) => {
        read.push(index);
        return scenes.read(index);
      },
    };
    const crops = new ObjectCrops({ ...options, scenes: counted, count: 6 });
    await Promise.all([0, 1, 2, 3, 4, 5, 0].map((index) => crops.read(index)));
    expect(read).toEqual([0, 1]);
  });

  test('the 19 evaluated labels are the classes', () => {
    expect(CROP_LABELS).toHaveLength(19);
    expect(CROP_LABELS[cropClassByLabelId()[24]].name).toBe('person');
  });

  test('a scene without any of them is named', async () => {
    const empty: SampleSource = {
      length: 1,
      read: async () => ({ ...(await scenes.read(0)), labelIds: new Uint8Array(64) }),
    };
    expect(new ObjectCrops({ ...options, scenes: empty }).read(0)).rejects.toThrow('scene-0: holds no label');
    await Bun.sleep(0);
  });
});

test('class distribution: pixels, shares, and scenes in which a group occurs', async () => {
  const shares = Object.fromEntries(
    (await classDistribution(scenes, classSet('groups-8'))).map(({ color: _, ...share }) => [share.name, share]),
  );
  expect(shares.flat).toEqual({ name: 'flat', pixels: 56, share: 56 / 128, scenes: 1 });
  expect(shares.object).toEqual({ name: 'object', pixels: 8, share: 8 / 128, scenes: 1 });
  expect(shares.sky).toEqual({ name: 'sky', pixels: 64, share: 0.5, scenes: 1 });
  expect(shares.human).toEqual({ name: 'human', pixels: 0, share: 0, scenes: 0 });
});

test('picked samples are those, in that order', async () => {
  const picked = pickSamples(scenes, [1, 0, 1]);
  const names = await Promise.all([0, 1, 2].map(async (index) => (await picked.read(index)).name));
  expect(names).toEqual(['scene-1', 'scene-0', 'scene-1']);
  expect(picked.length).toBe(3);
});
