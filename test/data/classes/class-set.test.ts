import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import {
  CLASS_SETS,
  classOptions,
  classSet,
  classSetNamed,
  classSetOfDataset,
  isOfCityscapes,
} from '../../../src/data/classes';
import { IGNORED } from '../../../src/data/classes/class-set';
import { ownClasses, requireEveryLabel } from '../../../src/data/classes/own-classes';
import type { Dataset } from '../../../src/data/dataset';
import { LABELS, labelNamed } from '../../../src/labels';
import { codeCells } from '../../docs/notebook-cells';

test('groups-8 has a class for each group, in their order and colours', () => {
  const { classes, classOfLabelId } = classSet('groups-8');
  expect(classes.map(({ name }) => name)).toEqual([
    'void',
    'flat',
    'construction',
    'object',
    'nature',
    'sky',
    'human',
    'vehicle',
  ]);
  expect(classes[1].color).toEqual([128, 64, 128]); // the road's
  // road 7 is flat, person 24 human, bicycle 33 a vehicle, and ego vehicle 1 void
  expect([7, 24, 33, 1].map((id) => classes[classOfLabelId[id]].name)).toEqual(['flat', 'human', 'vehicle', 'void']);
  expect(classOfLabelId).not.toContain(IGNORED);
});

test('cityscapes-19 has the labels that Cityscapes evaluates, numbered by its train ids', () => {
  const { classes, classOfLabelId, labelIdOfClass } = classSet('cityscapes-19');
  // road 7, pole 17, person 24 and bicycle 33 have the train ids 0, 5, 11 and 18; parking 9 and caravan 29 have none
  expect([7, 17, 24, 33, 9, 29, 0].map((id) => classOfLabelId[id])).toEqual([0, 5, 11, 18, IGNORED, IGNORED, IGNORED]);
  expect(classes).toHaveLength(19);
  expect(classes[13]).toEqual({ name: 'car', color: [0, 0, 142] });
  expect([...labelIdOfClass!]).toEqual([7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]);
});

test("camvid-11 numbers CamVid's classes by the values of its masks, void ignored", () => {
  const { classes, classOfLabelId } = classSet('camvid-11');
  expect(classes.map(({ name }) => name).join(' ')).toBe(
    'sky building pole road pavement tree sign fence car pedestrian bicyclist',
  );
  // What the source translates the values 0 to 11 to.
  const labels = ['sky', 'building', 'pole', 'road', 'sidewalk', 'vegetation', 'traffic sign', 'fence', 'car'];
  const ids = [...labels, 'person', 'rider', 'unlabeled'].map((name) => labelNamed(name).id);
  expect(ids.map((id) => classOfLabelId[id])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, IGNORED]);
});

test.each(Object.entries(CLASS_SETS))('%s: every class is made of some label, and told by its names', (name, set) => {
  expect(set.name).toBe(name);
  const made = new Set(set.classOfLabelId);
  made.delete(IGNORED);
  expect([...made].sort((a, b) => a - b)).toEqual(set.classes.map((_, index) => index));
  expect(classSetNamed(set.classes.map((each) => each.name))).toBe(set);
});

test.each(readdirSync('notebooks').filter((name) => name.endsWith('.ipynb')))(
  '%s goes by the classes of its experiment, and names none itself',
  (name) => {
    const code = codeCells(readFileSync(`notebooks/${name}`, 'utf8')).join('\n');
    for (const set of Object.keys(CLASS_SETS)) expect(code).not.toContain(`'${set}'`);
  },
);

describe("classes of one's own", () => {
  const list = [
    { name: 'road', color: [128, 64, 128], values: [7, 8] },
    { name: 'vehicle', color: [0, 0, 142], values: [26, 27] },
    { name: 'void', values: [0, 4], ignore: true },
    { name: 'other', color: [0, 130, 0], values: 'rest' },
  ];

  test('are numbered in their order, without those that are ignored', () => {
    const { name, classes, classOfLabelId } = classSet(classOptions.parse(list));
    expect(name).toBe('classes-3');
    expect(classes.map((each) => each.name)).toEqual(['road', 'vehicle', 'other']);
    expect([7, 8, 27, 0, 4, 23].map((id) => classOfLabelId[id])).toEqual([0, 0, 1, IGNORED, IGNORED, 2]);
  });

  test('without a rest, what is not named is ignored', () => {
    expect(classSet(classOptions.parse(list.slice(0, 3))).classOfLabelId[23]).toBe(IGNORED);
  });

  test('are told with the labels that a data set’s masks hold, unless these are all of Cityscapes’', () => {
    const options = classOptions.parse(list);
    const told = (labels: Dataset['labels'], ids = labels.map(({ id }) => id)) =>
      classSetOfDataset({ labels, labelIdOfMaskValue: new Map(ids.map((id) => [id, id])) }, options);
    const labels = [{ id: 7, name: 'lane', color: [1, 2, 3] as const }];
    expect(told(labels)).toEqual({ ...classSet(options), labels });
    expect(told(LABELS.filter(({ id }) => id >= 0))).toEqual(classSet(options));
    // As CamVid, whose masks hold a few of Cityscapes' labels.
    expect(told(LABELS, [7, 23]).labels?.map(({ name }) => name)).toEqual(['road', 'sky']);
    expect([told(labels), told(LABELS, [7, 23]), classSet('groups-8')].map(isOfCityscapes)).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('a label of the data set that no class names is an error, with the ways out', () => {
    const labels = [7, 8, 23].map((id) => ({ id, name: `label-${id}`, color: [0, 0, 0] as const }));
    const dataset = { title: 'Streets', labels, labelIdOfMaskValue: new Map([7, 8, 23].map((id) => [id, id])) };
    const own = (classes: unknown) => () => requireEveryLabel(dataset, ownClasses.parse(classes));
    const classes = [
      { name: 'road', color: [128, 64, 128], values: [7] },
      { name: 'sky', values: [23] },
    ];
    expect(own(classes)).toThrow('data.classes: belongs to no class, of the labels of Streets: label-8 (8)\n');
    expect(own(classes)).toThrow('{ name: ignored, values: [8], ignore: true }');
    for (const more of [
      { name: 'walk', color: [1, 1, 1], values: [8] },
      { name: 'void', values: [8], ignore: true },
      { name: 'rest', color: [1, 1, 1], values: 'rest' },
    ])
      expect(own([...classes, more])).not.toThrow();
    // 32 for 23 would leave the sky to the rest.
    const mistyped = [classes[0], { name: 'sky', values: [32] }, { name: 'rest', color: [1, 1, 1], values: 'rest' }];
    expect(own(mistyped)).toThrow(
      'data.classes: sky names 32, which is no label of Streets: label-7 (7), label-8 (8), label-23 (23)',
    );
  });

  test.each([
    ['a label in two classes', [...list, { name: 'tram', values: [26] }], '26 is vehicle already'],
    ['two rests', [...list, { name: 'more', values: 'rest' }], 'the rest is other already'],
    ['a name twice', [...list, { name: 'road', values: [11] }], 'a name that no other class has'],
    ['nothing to tell apart', list.slice(0, 1), 'at least two classes'],
  ])('%s is refused', (_, wrong, message) => {
    expect(() => ownClasses.parse(wrong)).toThrow(message);
  });
});
