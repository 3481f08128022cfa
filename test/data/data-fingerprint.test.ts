import { afterEach, beforeEach, expect, test } from 'bun:test';
import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, limited } from '../../src/data/dataset';
import { dataFingerprint } from '../../src/data/open-dataset';
import { openCityscapes } from '../../src/data/sources/cityscapes';
import { keepingTime, temporaryFolder, writeCityscapesScene, writePicture } from './fixtures';

let folder: string;
let remove: () => void;
let root: string;
beforeEach(async () => {
  ({ folder, remove } = temporaryFolder());
  root = join(folder, 'cityscapes');
  for (const name of ['ulm_000000_000001', 'ulm_000000_000002']) await writeCityscapesScene(root, 'train', name);
  await writeCityscapesScene(root, 'val', 'lindau_000000_000001');
});
afterEach(() => remove());

const ofTraining = (limit = {}, dataset: Dataset = openCityscapes(root)) =>
  dataFingerprint(dataset, { limit }, ['train', 'validation']);

test('a mask edited at equal size and with its time kept is other data', async () => {
  const before = await ofTraining();
  const [{ mask }] = openCityscapes(root).splits.train;
  const { size } = statSync(mask);
  // Sidewalk for road.
  await keepingTime(mask, () => writePicture(mask, 8, 4, (_, column) => [column < 4 ? 8 : 11]));
  expect(statSync(mask).size).toBe(size);
  expect(await ofTraining()).not.toBe(before);
});

test('what a training does not read does not count: other splits, scenes beyond the limit', async () => {
  const [whole, first] = [await ofTraining(), await ofTraining({ train: 1 })];
  expect(first).not.toBe(whole);
  await writeCityscapesScene(root, 'test', 'bonn_000000_000001');
  expect(await ofTraining()).toBe(whole);
  await writeCityscapesScene(root, 'train', 'ulm_000000_000002', { left: 8 });
  expect(await ofTraining({ train: 1 })).toBe(first);
  expect(await ofTraining()).not.toBe(whole);
});

test('a limit takes the first scenes of a split, or one in so many', () => {
  const names = [...'abcdefgh'];
  expect(limited(names)).toEqual(names);
  expect(limited(names, 3)).toEqual(['a', 'b', 'c']);
  expect(limited(names, { every: 3 })).toEqual(['a', 'd', 'g']);
  expect(limited(names, { every: 9 })).toEqual(['a']);
});

test('an evaluation counts its own split', async () => {
  const ofEvaluation = () => dataFingerprint(openCityscapes(root), { limit: {} }, ['validation']);
  const before = await ofEvaluation();
  await writeCityscapesScene(root, 'train', 'ulm_000000_000003');
  expect(await ofEvaluation()).toBe(before);
  await writeCityscapesScene(root, 'val', 'lindau_000000_000001', { left: 8 });
  expect(await ofEvaluation()).not.toBe(before);
});

test('the same files elsewhere are the same data; another meaning of their masks is not', async () => {
  const before = await ofTraining();
  const copy = join(folder, 'copy');
  cpSync(root, copy, { recursive: true });
  expect(await ofTraining({}, openCityscapes(copy))).toBe(before);
  const dataset = openCityscapes(root);
  const labelIdOfMaskValue = new Map([...dataset.labelIdOfMaskValue, [7, 8]]);
  expect(await ofTraining({}, { ...dataset, labelIdOfMaskValue })).not.toBe(before);
});

test('scenes that change places between training and validation are other data', async () => {
  const before = await ofTraining();
  const dataset = openCityscapes(root);
  const { train, validation } = dataset.splits;
  const splits = { ...dataset.splits, train: [...train.slice(0, 1), ...validation], validation: train.slice(1) };
  expect(await ofTraining({}, { ...dataset, splits })).not.toBe(before);
});
