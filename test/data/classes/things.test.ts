import { expect, test } from 'bun:test';
import { CLASS_SETS } from '../../../src/data/classes';
import type { ClassSet } from '../../../src/data/classes/class-set';
import { classSetOfList, ownClasses } from '../../../src/data/classes/own-classes';
import { thingClasses } from '../../../src/data/classes/things';

const namesOf = (set: ClassSet) => thingClasses(set).map((index) => set.classes[index].name);
const listed = (list: object[]) => classSetOfList(ownClasses.parse(list));

test('of the groups, and of single labels, those of objects, people and vehicles', () => {
  expect(namesOf(CLASS_SETS['groups-8'])).toEqual(['object', 'human', 'vehicle']);
  expect(namesOf(CLASS_SETS['camvid-11'])).toEqual(['pole', 'sign', 'car', 'pedestrian', 'bicyclist']);
  expect(namesOf(CLASS_SETS['cityscapes-19'])).toHaveLength(11);
});

test('classes of one’s own are things by their labels, whatever they are called, and what is mixed is not', () => {
  const set = listed([
    { name: 'folk', values: [24, 25] },
    { name: 'person', color: [1, 1, 1], values: [7, 24 + 9] },
    { name: 'other', color: [2, 2, 2], values: 'rest' },
  ]);
  expect(namesOf(set)).toEqual(['folk']);
});

test('a data set’s own labels are not Cityscapes’ of the same ids; the list says which are things', () => {
  const labels = [
    { id: 24, name: 'kerb', color: [1, 2, 3] as const },
    { id: 2, name: 'lamp', color: [4, 5, 6] as const },
  ];
  const set = listed([
    { name: 'kerb', values: [24] },
    { name: 'lamp', color: [4, 5, 6], values: [2], things: true },
  ]);
  expect(namesOf({ ...set, labels })).toEqual(['lamp']);
});
