import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { runModels, runVerdicts } from '../../../src/commands/inspection/run-models';
import { flattened } from '../../../src/configuration/flattened';
import { classSet } from '../../../src/data/classes';
import { writeSceneCounts } from '../../../src/evaluation/scene-counts';
import { writeSmallThings } from '../../../src/evaluation/small-things';
import { experimentSchema } from '../../../src/experiment/schema';
import { labelNamed } from '../../../src/labels';
import { createRandom } from '../../../src/random';
import { publishedBeside } from '../../../src/study/compared-model';
import { writeMetricsFiles } from '../../../src/study/metrics-files';
import type { ComparedResults } from '../../../src/study/settings-comparison';
import { temporaryFolder } from '../../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

interface RunOptions {
  size: number;
  seed: number;
  /** Share of the people that it finds. */
  found?: number;
  town?: string;
  counted?: boolean;
  /** Fingerprint of its scenes, their names among them. */
  data?: string;
  /** What it predicts: the name of a class set with people and road, or classes of one's own. */
  classes?: string | object[];
  resolution?: 'training' | 'original';
}

/** A finished run that was evaluated on ten scenes of 100 pixels of people and 900 of road, all of which is found. */
function run({
  size,
  seed,
  found = 0.5,
  town = 'ulm',
  counted = true,
  data = town,
  classes = 'groups-8',
  resolution = 'training',
}: RunOptions): ComparedResults {
  const name = `street-${size}-${seed}-${town}-${data}-${resolution}`;
  const experiment = experimentSchema.parse({ name: 'street', notebooks: ['n.ipynb'], seed, data: { size, classes } });
  const set = classSet(experiment.data.classes);
  const names = set.classes.map((each) => each.name);
  const [human, flat] = [/^(human|person|pedestrian)$/, /^(flat|other|road)$/].map((wanted) =>
    names.findIndex((each) => wanted.test(each)),
  );
  const [person, road] = [human, flat].map((index) => set.classOfLabelId.indexOf(index));
  const random = createRandom(name);
  const scenes = Array.from({ length: 10 }, (_, index) => {
    const counts = new Float64Array(set.classOfLabelId.length * names.length);
    const people = Math.round(100 * found + (resolution === 'training' ? random.normal(0, 2) : 0));
    counts[person * names.length + human] = people;
    counts[person * names.length + flat] = 100 - people;
    counts[road * names.length + flat] = 900;
    return { name: `${town}_${index}_000019`, counts };
  });
  const evaluation = {
    training: null,
    checkpoint: { epoch: 1, sha256: '' },
    data,
    split: 'test' as const,
    resolution,
    scenes: 233,
    classes: names,
    execution: {},
    convolutionForms: {},
    evaluatedAt: '',
  };
  const place = join(folder, name, 'evaluations/test');
  if (counted) writeSceneCounts(place, { classes: names, scenes });
  writeSmallThings(place, { classes: names, scenes: [] });
  writeMetricsFiles(place, { setting: 's', models: [], evaluation });
  return {
    name,
    folder: join(folder, name),
    state: 'finished',
    results: {
      configuration: flattened(experiment),
      scores: { 'mean IoU (groups-8)': 0.5 },
      evaluations: [{ folder: 'evaluations/test', scores: {} }],
      history: [],
      experiment,
    },
  };
}

const verdictsOf = (runs: readonly ComparedResults[]) => runVerdicts(runModels(runs));

test('runs of several seeds are one model, and each model is set against the first', () => {
  const runs = [
    run({ size: 32, seed: 1 }),
    run({ size: 64, seed: 1, found: 0.8 }),
    run({ size: 32, seed: 2 }),
    run({ size: 64, seed: 2, found: 0.8 }),
    run({ size: 128, seed: 1, found: 0.9 }),
  ];
  const [wide, wider, ...more] = verdictsOf(runs);
  expect([wide.first, wide.second]).toEqual(['street size=32', 'street size=64']);
  expect(wide.scores[0]).toMatchObject({ score: 'mean IoU', verdict: { kind: 'established' } });
  // Of a single seed nothing is.
  expect([wider.first, wider.second]).toEqual(['street size=32', 'street size=128']);
  expect(wider.scores[0].verdict).toEqual({ kind: 'one seed', differ: true });
  expect(more).toEqual([]);
});

test('squares and whole pictures are other pixels, so there is no verdict between them', () => {
  const squares = [1, 2].map((seed) => run({ size: 32, seed }));
  const whole = [1, 2].map((seed) => run({ size: 64, seed, found: 0.8, resolution: 'original' }));
  expect(verdictsOf([...squares, ...whole])).toEqual([]);
});

test("classes of one's own have their verdicts, and none against other classes of the same names", () => {
  const own = (values: number[]) => [
    { name: 'person', color: [255, 0, 0], values },
    { name: 'other', color: [0, 0, 0], values: 'rest' },
  ];
  const person = labelNamed('person').id;
  const runs = [1, 2].flatMap((times) =>
    [1, 2].map((seed) => run({ size: 32 * times, seed, found: 0.4 * times, town: 'own', classes: own([person]) })),
  );
  const others = [1, 2].map((seed) => run({ size: 256, seed, town: 'own', classes: own([person, 25]) }));
  const [pair, ...more] = verdictsOf([...runs, ...others]);
  expect([pair.first, pair.second]).toEqual(['street values=[24] size=32', 'street values=[24] size=64']);
  expect(pair.scores.map(({ score }) => score)).toContain('IoU of person');
  expect(pair.scores[0]).toMatchObject({ metric: 'classes-2', score: 'mean IoU', verdict: { kind: 'established' } });
  expect(more).toEqual([]);
});

test('runs without counts, of other scenes, or not evaluated have no verdict', () => {
  const first = run({ size: 32, seed: 1 });
  const notEvaluated = run({ size: 512, seed: 1 });
  notEvaluated.results.evaluations = [];
  const others = [run({ size: 96, seed: 1, counted: false }), run({ size: 160, seed: 1, town: 'bonn' }), notEvaluated];
  // Drawn by another seed, scenes have the same names and other contents.
  others.push(run({ size: 192, seed: 1, data: 'b2' }));
  expect(verdictsOf([first, ...others])).toEqual([]);
  expect(verdictsOf([first])).toEqual([]);
});

test('seeds of one model stand among the published scores of whole test pictures, the lowest first', () => {
  const runs = [0.1, 0.2].map((found, index) =>
    run({ size: 32, seed: index + 1, found, classes: 'camvid-11', resolution: 'original' }),
  );
  const { header, rows } = publishedBeside(runModels(runs))!;
  expect(header).toEqual(['Model', 'Seeds', 'IoU, camvid-11', 'Source']);
  expect(rows.map(([model, seeds, iou]) => [model, seeds, iou]).slice(0, 3)).toEqual([
    ['SegNet', '–', '0.464'],
    // Means of people and road: (0.1 + 900/990) / 2 = 0.5045 and (0.2 + 900/980) / 2 = 0.5592, which is 0.0546 more; over √2 0.0386.
    ['street', '2', '0.532 ± 0.039'],
    ['FCN-8', '–', '0.570'],
  ]);
});

test('squares of the training size, and other classes, are not what was published', () => {
  const [whole, square] = (['original', 'training'] as const).map((resolution) => ({ size: 32, seed: 3, resolution }));
  expect(publishedBeside(runModels([run({ ...square, classes: 'camvid-11' })]))).toBeUndefined();
  expect(publishedBeside(runModels([run(whole)]))).toBeUndefined();
  expect(publishedBeside([])).toBeUndefined();
});
