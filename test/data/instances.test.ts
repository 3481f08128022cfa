import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { readInstanceIds } from '../../src/data/instances';
import { PreparedScenes } from '../../src/data/sample-source';
import { openCityscapes } from '../../src/data/sources/cityscapes';
import { writeSyntheticCityscapes } from '../../src/data/sources/synthetic-files';
import { DataError } from '../../src/errors';
import { temporaryFolder, writeCityscapesScene, writePicture } from './fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

async function writeInstances(file: string, width: number, height: number, ids: number[]): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const picture = sharp(Uint16Array.from(ids), { raw: { width, height, channels: 1 } });
  await picture.toColourspace('grey16').png().toFile(file);
}

test('ids of 16 bits are read as they are: road, the person 0, the person 1, the bicycle 12', async () => {
  const file = join(folder, 'instances.png');
  await writeInstances(file, 2, 2, [7, 24000, 24001, 33012]);
  expect([...(await readInstanceIds(file, { width: 2, height: 2 }))]).toEqual([7, 24000, 24001, 33012]);
});

test('a file of 8 bits, where nothing is counted, holds label ids', async () => {
  const file = join(folder, 'none.png');
  await writePicture(file, 2, 1, (_, column) => [column === 0 ? 7 : 23]);
  expect([...(await readInstanceIds(file, { width: 2, height: 1 }))]).toEqual([7, 23]);
});

test('another size than the picture, and a file that is none, are named', async () => {
  const file = join(folder, 'size.png');
  await writeInstances(file, 2, 2, [7, 7, 7, 7]);
  await expect(readInstanceIds(file, { width: 4, height: 2 })).rejects.toThrow(/size.png: is 2x2 .* expected 4x2/);
  writeFileSync(join(folder, 'text.png'), 'no picture');
  await expect(readInstanceIds(join(folder, 'text.png'), { width: 2, height: 2 })).rejects.toThrow(DataError);
});

test('prepared, they lie on the prepared mask', async () => {
  const root = join(folder, 'streets');
  const scenes = { train: 0, validation: 0, test: 2 };
  await writeSyntheticCityscapes(root, { seed: 1, width: 96, height: 48, scenes });
  const dataset = openCityscapes(root);
  const source = new PreparedScenes(dataset, dataset.splits.test, 40, join(folder, 'cache'));
  const { labelIds } = await source.read(1);
  const ids = (await source.instanceIds(1))!;
  expect(ids).toHaveLength(1600);
  expect([...ids].map((id) => (id < 1000 ? id : Math.floor(id / 1000)))).toEqual([...labelIds]);
  expect(Math.max(...ids)).toBeGreaterThan(1000);
});

test("Cityscapes' own instance files are found beside the masks; a scene without one is a scene all the same", async () => {
  const root = join(folder, 'cityscapes');
  const { mask } = await writeCityscapesScene(root, 'val', 'lindau_000000_000019');
  await writeCityscapesScene(root, 'val', 'lindau_000001_000019');
  const instances = mask.replace('labelIds', 'instanceIds');
  await writeInstances(instances, 8, 4, new Array(32).fill(24003));
  const [first, second] = openCityscapes(root).splits.validation;
  expect(first.instances).toBe(instances);
  expect(second.instances).toBeUndefined();
});
