import { afterAll, expect, test } from 'bun:test';
import { repeatedTraining } from '../../stress/determinism';
import { temporaryFolder } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('the same seed gives the same history and the same checkpoints, bit for bit, twice in Node and twice in Bun', async () => {
  // Six epochs: the engines' own powers of 0.95 differ from the fifth on.
  const outcomes = await repeatedTraining(folder, { epochs: 6 });
  const { 'node 1': first, ...others } = outcomes;
  expect(first.history).toHaveLength(6);
  expect(Object.keys(first.files)).toHaveLength(5);
  for (const other of Object.values(others)) expect(other).toEqual(first);
}, 180_000);
