import { expect, test } from 'bun:test';
import { editDistance, nearest } from '../../src/experiment/nearest';

test('edit distance counts insertions, deletions and substitutions', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3); // k→s, e→i, +g
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('seed', 'seed')).toBe(0);
});

test('the nearest candidate is offered only when it is near', () => {
  expect(nearest('learning_rate', ['learningRateDecay', 'learningRate', 'epochs'])).toBe('learningRate');
  expect(nearest('BATCHSIZE', ['batchSize'])).toBe('batchSize');
  expect(nearest('zebra', ['seed', 'name'])).toBeUndefined();
});
