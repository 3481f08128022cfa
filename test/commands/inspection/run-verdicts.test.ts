import { afterAll, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runVerdicts } from '../../../src/commands/inspection/run-verdicts';
import { classSet } from '../../../src/data/classes';
import type { ClassSet } from '../../../src/data/classes/class-set';
import { writeSceneCounts } from '../../../src/evaluation/scene-counts';
import { labelNamed } from '../../../src/labels';
import { createRandom } from '../../../src/random';
import type { ComparedResults } from '../../../src/study/settings-comparison';
import { temporaryFolder } from '../../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const [road, person] = ['road', 'person'].map((name) => labelNamed(name).id);

interface RunOptions {
  width: number;
  seed: number;
  /** Share of the people that it finds. */
  found?: number;
  town?: string;
  counted?: boolean;
  /** Fingerprint of its scenes. */
  data?: string;
  /** What it predicts, if not the groups. */
  classes?: ClassSet;
}

/** A finished run that was evaluated on ten scenes. */
function run({
  width,
  seed,
  found = 0.5,
  town = 'ulm',
  counted = true,
  data = 'a1',
  classes = classSet('groups-8'),
}: RunOptions): ComparedResults {
  const name = `street-${width}-${seed}-${town}`;
  const random = createRandom(name);
  const scenes = Array.from({ length: 10 }, (_, index) => {
    const size = classes.classes.length;
    const [human, flat] = [person, road].map((id) => classes.classOfLabelId[id]);
    const counts = new Float64Array(classes.classOfLabelId.length * size);
    const people = Math.round(100 * found + random.normal(0, 2));
    counts[person * size + human] = people;
    counts[person * size + flat] = 100 - people;
    counts[road * size + flat] = 900;
    return { name: `${town}_${index}_000019`, counts };
  });
  const place = join(folder, name, 'evaluations/test');
  mkdirSync(place, { recursive: true });
  if (counted) writeSceneCounts(place, { classes: classes.classes.map((each) => each.name), scenes });
  return {
    name,
    folder: join(folder, name),
    state: 'finished',
    results: {
      configuration: { name: 'street', 'model.width': width, seed },
      scores: { 'mean IoU (groups-8)': 0.5 },
      evaluations: [{ folder: 'evaluations/test', scores: {}, data }],
      history: [],
      classSet: classes,
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

test("classes of one's own have their verdicts, and none against other classes of the same names", () => {
  const own = (values: number[]) =>
    classSet([
      { name: 'person', color: [255, 0, 0], values, ignore: false },
      { name: 'other', color: [0, 0, 0], values: 'rest', ignore: false },
    ]);
  const runs = [1, 2].flatMap((width) =>
    [1, 2].map((seed) => run({ width, seed, found: 0.4 * width, town: 'own', classes: own([person]) })),
  );
  const others = [1, 2].map((seed) => run({ width: 8, seed, town: 'own', classes: own([person, 25]) }));
  const [pair, ...more] = runVerdicts([...runs, ...others]);
  expect([pair.first, pair.second]).toEqual(['street width=1', 'street width=2']);
  expect(pair.scores.map(({ score }) => score)).toContain('IoU of person');
  expect(pair.scores[0]).toMatchObject({ metric: 'classes-2', score: 'mean IoU', verdict: { kind: 'established' } });
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
