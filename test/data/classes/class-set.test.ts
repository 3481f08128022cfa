import { expect, test } from 'bun:test';
import { CLASS_SETS, classSet } from '../../../src/data/classes';
import { LABELS } from '../../../src/labels';

test('groups-8 has a class for each group, in their order and colours', () => {
  const { classes, classOfLabelId, ignored } = classSet('groups-8');
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
  expect(ignored).toBeUndefined();
});

test.each(Object.entries(CLASS_SETS))('%s gives every label of a mask one of its classes', (name, set) => {
  expect(set.name).toBe(name);
  for (const { id } of LABELS.filter(({ id }) => id >= 0))
    expect(set.classOfLabelId[id]).toBeLessThan(set.classes.length);
});
