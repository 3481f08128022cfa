import { afterAll, expect, test } from 'bun:test';
import { fuzz } from '../../stress/fuzz';
import { temporaryFolder } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** Megabytes that reading a damaged file of some kilobytes may take. */
const MEMORY = 300;

test('damaged files of every kind end in an error that names them, or are accepted, and nothing else happens', async () => {
  const results = await fuzz(folder, { cases: 112, seed: 3 });
  expect(results).toHaveLength(112);
  expect(results.filter(({ end }) => end !== 'refused' && end !== 'accepted')).toEqual([]);
  expect(results.filter(({ megabytes }) => megabytes > MEMORY)).toEqual([]);
  // The damage is such that most of it matters.
  expect(results.filter(({ end }) => end === 'refused').length).toBeGreaterThan(50);
}, 240_000);
