import { afterAll, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runVerdicts } from '../../../src/commands/inspection/run-verdicts';
import { writeSceneCounts } from '../../../src/evaluation/scene-counts';
import { GROUP_NAMES, labelNamed } from '../../../src/labels';
import { createRandom } from '../../../src/random';
import type { ComparedResults } from '../../../src/study/settings-comparison';
import { temporaryFolder } from '../../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const [road, person] = ['road', 'person'].map((name) => labelNamed(name).id);
const size = GROUP_NAMES.length;

interface RunOptions {
  width: number;
  seed: number;
  /** Share of the people that it finds. */
  found?: number;
  town?: string;
  counted?: boolean;
  /** Fingerprint of its scenes. */
  data?: string;
}

/** A finished run that was evaluated on ten scenes. */
function run({ width, seed, found = 0.5, town = 'ulm', counted = true, data = 'a1' }: RunOptions): ComparedResults {
  const name = `street-${width}-${seed}-${town}`;
  const random = createRandom(name);
  const scenes = Array.from({ length: 10 }, (_, index) => {
    const counts = new Float64Array(34 * size);
    const people = Math.round(100 * found + random.normal(0, 2));
    counts[person * size + GROUP_NAMES.indexOf('human')] = people;
    counts[person * size + GROUP_NAMES.indexOf('flat')] = 100 - people;
    counts[road * size + GROUP_NAMES.indexOf('flat')] = 900;
    return { name: `${town}_${index}_000019`, counts };
  });
  const place = join(folder, name, 'evaluations/test');
  mkdirSync(place, { recursive: true });
  if (counted) writeSceneCounts(place, { classes: GROUP_NAMES, scenes });
  return {
    name,
    folder: join(folder, name),
    state: 'finished',
    results: {
      configuration: { name: 'street', 'model.width': width, seed },
      scores: { 'mean IoU (groups-8)': 0.5 },
      evaluations: [{ folder: 'evaluations/test', scores: {}, data }],
      history: [],
    },
  };
}

test('runs of several seeds are one model, and each model is set against the first', () => {
  const runs = [
    run({ width: 1, seed: 1 }),
    run({ width: 2, seed: 1, found: 0.8 }),
    run({ width: 1, seed: 2 }),
    run({ width: 2, seed: 2, found: 0.8 }),
    run({ width: 4, seed: 1, found: 0.9 }),
  ];
  const [wide, wider, ...more] = runVerdicts(runs);
  expect([wide.first, wide.second]).toEqual(['street width=1', 'street width=2']);
  expect(wide.scores[0]).toMatchObject({ score: 'mean IoU', verdict: { kind: 'established' } });
  // Of a single seed nothing is.
  expect([wider.first, wider.second]).toEqual(['street width=1', 'street width=4']);
  expect(wider.scores[0].verdict).toEqual({ kind: 'one seed', differ: true });
  expect(more).toEqual([]);
});

test('runs without counts, of other scenes, or not evaluated have no verdict', () => {
  const first = run({ width: 1, seed: 1 });
  const notEvaluated = run({ width: 16, seed: 1 });
  notEvaluated.results.evaluations = [];
  const others = [run({ width: 3, seed: 1, counted: false }), run({ width: 5, seed: 1, town: 'bonn' }), notEvaluated];
  // Drawn by another seed, scenes have the same names and other contents.
  others.push(run({ width: 6, seed: 1, data: 'b2' }));
  expect(runVerdicts([first, ...others])).toEqual([]);
  expect(runVerdicts([first])).toEqual([]);
});
