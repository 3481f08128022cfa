import { expect, test } from 'bun:test';
import { GROUP_COLORS, GROUP_NAMES, groupIndexByLabelId, LABELS, labelNamed } from '../src/labels';

const evaluated = LABELS.filter((label) => !label.ignoreInEvaluation);

test('35 labels: ids 0 to 33 without gaps, and -1', () => {
  expect(LABELS.map(({ id }) => id).sort((a, b) => a - b)).toEqual(Array.from({ length: 35 }, (_, index) => index - 1));
});

test('the 19 evaluated ids are those that cityscapesScripts gives a train id', () => {
  const ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];
  expect(evaluated.map(({ id }) => id)).toEqual(ids);
});

test('30 labels have a class of their own: all but the five that are no class', () => {
  // The published "30 classes" leave out unlabeled, ego vehicle, rectification border, out of roi and license plate.
  const withoutClass = ['unlabeled', 'ego vehicle', 'rectification border', 'out of roi', 'license plate'];
  expect(LABELS.filter(({ name }) => !withoutClass.includes(name))).toHaveLength(30);
});

test('every label has one of the 8 groups, and each group has a label', () => {
  expect(new Set(LABELS.map(({ group }) => group))).toEqual(new Set(GROUP_NAMES));
});

test('the labels that are ignored inside real groups', () => {
  const ignored = LABELS.filter(({ group, ignoreInEvaluation }) => group !== 'void' && ignoreInEvaluation);
  const names = ['parking', 'rail track', 'guard rail', 'bridge', 'tunnel', 'polegroup', 'caravan', 'trailer'];
  expect(ignored.map(({ name }) => name)).toEqual([...names, 'license plate']);
});

test('the look-up table follows the label table', () => {
  const groupOf = groupIndexByLabelId();
  expect(groupOf).toHaveLength(34);
  expect(GROUP_NAMES[groupOf[labelNamed('rider').id]]).toBe('human');
  expect(GROUP_NAMES[groupOf[labelNamed('bicycle').id]]).toBe('vehicle');
  expect(GROUP_NAMES[groupOf[labelNamed('terrain').id]]).toBe('nature');
  expect(GROUP_NAMES[groupOf[labelNamed('dynamic').id]]).toBe('void');
});

test('group colours tell the groups apart', () => {
  expect(new Set(Object.values(GROUP_COLORS).map(String)).size).toBe(8);
});

test('an unknown name is named', () => {
  expect(() => labelNamed('kerb')).toThrow('kerb');
});
