import { afterAll, expect, test } from 'bun:test';
import { temporaryFolder } from '../data/fixtures';
import { repeatedTraining } from './determinism';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('the same seed gives the same history and the same checkpoints, to the bit, twice in Node and twice in Bun', async () => {
  const outcomes = await repeatedTraining(folder, { epochs: 2 });
  const { 'node 1': first, ...others } = outcomes;
  expect(first.history).toHaveLength(2);
  expect(Object.keys(first.files)).toHaveLength(5);
  for (const other of Object.values(others)) expect(other).toEqual(first);
}, 180_000);
