import { afterAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classSetOfList } from '../../src/data/classes/own-classes';
import { RunError } from '../../src/errors';
import { boundaryIou, trimapAccuracy } from '../../src/evaluation/boundary';
import {
  boundariesOf,
  readSmallThings,
  SMALL_THINGS_FILE,
  thingsOfClass,
  thingsOfScene,
  writeSmallThings,
} from '../../src/evaluation/small-things';
import { temporaryFolder } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const classSet = classSetOfList([
  { name: 'flat', color: [0, 0, 0], values: [7, 8], ignore: false },
  { name: 'people', color: [0, 0, 0], values: [24, 25], ignore: false },
]);
const classes = ['flat', 'people'];
// A person two pixels wide and four high on eight columns of road; the model finds the right half.
const truth = Array.from({ length: 32 }, (_, pixel) => (pixel % 8 === 3 || pixel % 8 === 4 ? 1 : 0));
const predicted = Array.from({ length: 32 }, (_, pixel) => (pixel % 8 === 4 ? 1 : 0));
const scene = thingsOfScene('ulm_000000_000019', { width: 8, height: 4, truth, predicted }, classSet);

test('a scene: its things, the neighbourhood of boundaries, and the bands of each class', () => {
  expect(scene.things).toEqual([{ class: 1, area: 8, found: 4, beside: 0, height: 4, width: 2 }]);
  // Within one pixel of the person's edges lie four columns, of which one is wrong.
  expect(trimapAccuracy(scene.trimap)[0]).toBe(0.75);
  expect(scene.boundary).toHaveLength(2);
  // Bands one pixel wide: all 8 pixels of the person, and the 4 that were found.
  expect(boundaryIou(scene.boundary[1])).toBe(0.5);
});

test('what is written is read back', () => {
  const all = { classes, scenes: [scene, { ...scene, name: 'ulm_000001_000019' }] };
  writeSmallThings(folder, all);
  expect(readSmallThings(folder)).toEqual(all);
  expect(thingsOfClass(readSmallThings(folder), 'people')).toHaveLength(2);
  expect(thingsOfClass(readSmallThings(folder), 'sky')).toEqual([]);
});

test('scenes add up', () => {
  const { trimap, boundary } = boundariesOf({ classes, scenes: [scene, scene] });
  expect(trimapAccuracy(trimap)[0]).toBe(0.75);
  expect(boundary[1]).toEqual({ intersection: 8, union: 16 });
});

test('a line that is wrong is named', () => {
  writeFileSync(join(folder, SMALL_THINGS_FILE), '{"version":1,"classes":["flat"]}\n{"scene":"a"}\n');
  expect(() => readSmallThings(folder)).toThrow(RunError);
  expect(() => readSmallThings(folder)).toThrow('line 2: expected small things');
});
