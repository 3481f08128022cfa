import { expect, test } from 'bun:test';
import { experimentSchema } from '../../src/experiment/schema';
import { freezePhases, frozenBlocksAt } from '../../src/model/frozen-blocks';

const freezeOf = (freeze: unknown) =>
  experimentSchema.parse({ name: 'x', notebooks: ['x.ipynb'], model: { encoder: { weights: 'w', freeze } } }).model
    .encoder.freeze;

test('a list of groups is frozen throughout', () => {
  const freeze = freezeOf([2, 1]);
  expect(frozenBlocksAt(freeze, 1)).toEqual([1, 2]);
  expect(frozenBlocksAt(freeze, 99)).toEqual([1, 2]);
  expect(freezePhases(freeze, 20)).toEqual([{ firstEpoch: 1, lastEpoch: 20, frozenBlocks: [1, 2] }]);
});

test('gradual unfreezing: the deep groups first', () => {
  const freeze = freezeOf([
    { blocks: [1, 2, 3], epochs: [1, 3] },
    { blocks: [1, 2], epochs: [4, 5] },
  ]);
  expect([1, 3, 4, 5, 6].map((epoch) => frozenBlocksAt(freeze, epoch))).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2],
    [1, 2],
    [],
  ]);
  const phases = [
    { firstEpoch: 1, lastEpoch: 3, frozenBlocks: [1, 2, 3] },
    { firstEpoch: 4, lastEpoch: 5, frozenBlocks: [1, 2] },
    { firstEpoch: 6, lastEpoch: 20, frozenBlocks: [] },
  ];
  expect(freezePhases(freeze, 20)).toEqual(phases);
  expect(freezePhases(freeze, 5)).toEqual(phases.slice(0, 2));
});

test('ranges that overlap or repeat each other count once', () => {
  const freeze = freezeOf([5, { blocks: [5, 1], epochs: [1, 2] }, { blocks: [1], epochs: [2, 3] }]);
  expect([1, 2, 3, 4].map((epoch) => frozenBlocksAt(freeze, epoch))).toEqual([[1, 5], [1, 5], [1, 5], [5]]);
  expect(freezePhases(freeze, 4).map(({ firstEpoch }) => firstEpoch)).toEqual([1, 4]);
});

test('a range that ends before it begins, and a group that VGG19 lacks, are refused', () => {
  expect(() => freezeOf([{ blocks: [1], epochs: [3, 1] }])).toThrow('the first epoch and the last one');
  expect(() => freezeOf([{ blocks: [6], epochs: [1, 3] }])).toThrow();
});
