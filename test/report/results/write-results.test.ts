import { afterAll, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { classSet } from '../../../src/data/classes';
import type { ClassSet } from '../../../src/data/classes/class-set';
import { scoresOfCounts } from '../../../src/evaluation/evaluate';
import { type SceneCounts, writeSceneCounts } from '../../../src/evaluation/scene-counts';
import { writeSmallThings } from '../../../src/evaluation/small-things';
import { loadExperiment } from '../../../src/experiment/load';
import { openLoadedRun, type Run } from '../../../src/experiment/run-folder';
import { labelNamed } from '../../../src/labels';
import { sealedJson } from '../../../src/model/weights/sealed-json';
import { createRandom } from '../../../src/random';
import { writeResults } from '../../../src/report/results/write-results';
import { evaluationFolder } from '../../../src/study/evaluation-record';
import { writeMetricsFiles } from '../../../src/study/metrics-files';
import { writeHistory } from '../../../src/training/history';
import { projectFolder, removeProjectFolders } from '../../experiment/project-folder';
import { tinyDescription } from '../../model/tiny-model';
import { historyOf } from '../page/sample-report';

afterAll(removeProjectFolders);

const root = projectFolder({
  'experiments/base.yaml': 'notebooks: [t.ipynb]\ndata: { source: synthetic, size: 32 }\nevaluation: { split: test }\n',
  'experiments/pretrained.yaml': 'extends: base.yaml\nmodel: { encoder: { weights: weights/x } }\n',
  'experiments/report.yaml': `notebooks: [t.ipynb]
comparison:
  title: t
  runs:
    - { label: Base, run: experiments/base.yaml, seeds: [1, 2, 3] }
    - { label: Pre-trained, run: experiments/pretrained.yaml, seeds: [1, 2, 3] }
`,
  // A larger batch goes with the larger picture: it makes no line of its own.
  'experiments/sweeps/size.yaml': `experiment: [experiments/base.yaml, experiments/pretrained.yaml]
zip: { data.size: [32, 64], training.batchSize: [4, 2] }
seeds: 2
`,
  // The report's trainings, evaluated in another way.
  'experiments/sweeps/whole.yaml':
    'experiment: experiments/base.yaml\nset: { evaluation.resolution: original }\nseeds: 2\n',
  'experiments/sweeps/nothing.yaml': 'experiment: experiments/base.yaml\nmatrix: { model.width: [0.25] }\n',
  'docs/results.yaml': `title: Results
text: Of small stored runs.
sections:
  - { title: Pre-training, runs: experiments/report.yaml, scores: [mean IoU, IoU of human], figures: [validation-loss] }
  - title: Size
    runs: experiments/sweeps/size.yaml
    along: { key: data.size, title: Side in pixels }
    labels: { base: Base, pretrained: Pre-trained }
    scores: [IoU of human]
    figures: [recall-by-height]
  - { title: Whole pictures, runs: experiments/sweeps/whole.yaml }
  - { title: Nothing yet, runs: experiments/sweeps/nothing.yaml, command: make it }
`,
});

const [road, person] = ['road', 'person'].map((name) => labelNamed(name).id);

/** Of each of ten scenes 100 pixels are people, of which about that many are found and the rest is taken for road. */
function countsOf(found: number, seed: number, { classes, classOfLabelId }: ClassSet): SceneCounts {
  const random = createRandom(seed);
  const [flat, human] = [road, person].map((id) => classOfLabelId[id]);
  const scenes = Array.from({ length: 10 }, (_, index) => {
    const counts = new Float64Array(34 * classes.length);
    const people = Math.round(found + random.normal(0, 2));
    counts[person * classes.length + human] = people;
    counts[person * classes.length + flat] = 100 - people;
    counts[road * classes.length + flat] = 900;
    return { name: `ulm_00000${index}_000019`, counts };
  });
  return { classes: classes.map(({ name }) => name), scenes };
}

/** What a training and its evaluation leave in a run's folder. */
function store(run: Run, found: number): void {
  const { experiment } = run;
  const folder = evaluationFolder(experiment);
  const classes = classSet(experiment.data.classes);
  const sceneCounts = countsOf(found, experiment.seed, classes);
  const { metrics } = scoresOfCounts(sceneCounts, classes);
  const names = [...sceneCounts.classes];
  const metadata = { ...tinyDescription, epoch: 2, validationLoss: 0.4 };
  run.write('checkpoints/best/model.json', sealedJson({ userDefinedMetadata: metadata }));
  writeHistory(run.path(), historyOf(0.9, 0.4));
  writeSceneCounts(run.path(folder), sceneCounts);
  const { size } = experiment.data;
  // Six people as high as a quarter of the picture.
  const thing = { class: classes.classOfLabelId[person], area: 100, found, beside: 0, height: size / 4, width: 4 };
  const trimap = { right: [0], pixels: [0] };
  const boundary = names.map(() => ({ intersection: 0, union: 0 }));
  const scenes = [{ name: 'a', width: size, height: size, things: Array(6).fill(thing), trimap, boundary }];
  writeSmallThings(run.path(folder), { classes: names, scenes });
  writeMetricsFiles(run.path(folder), {
    setting: `Streets, test split, 10 scenes, centre square resized to ${size}x${size}`,
    models: [{ model: experiment.name, metrics: Object.values(metrics) }],
    evaluation: {
      training: null,
      checkpoint: { epoch: 2, sha256: 'x' },
      data: 'd',
      split: 'test',
      resolution: experiment.evaluation.resolution,
      scenes: 10,
      classes: names,
      execution: {},
      convolutionForms: {},
      evaluatedAt: '2024-05-01T10:00:00.000Z',
    },
  });
}

function storeRuns(name: string, seeds: readonly number[], found: number, set: string[] = []): Run[] {
  return seeds.map((seed) => {
    const run = openLoadedRun(
      loadExperiment(`experiments/${name}.yaml`, { root, set: [`seed=${seed}`, ...set] }),
      root,
    );
    store(run, found);
    return run;
  });
}

const small = ['training.batchSize=4'];
const large = ['data.size=64', 'training.batchSize=2'];
const bases = storeRuns('base', [1, 2, 3], 30);
storeRuns('base', [1, 2], 25, ['evaluation.resolution=original']);
storeRuns('pretrained', [1, 2], 60);
storeRuns('base', [1, 2], 20, small);
storeRuns('pretrained', [1, 2], 40, small);
storeRuns('base', [1, 2], 50, large);
storeRuns('pretrained', [1, 2], 70, large);

const page = () => readFileSync(path.join(root, 'docs/results.md'), 'utf8');
const sectionOf = (title: string) =>
  page()
    .split(/^## /m)
    .find((part) => part.startsWith(`${title}\n`))!;

test('a page is made of run folders; missing runs are listed', async () => {
  writeFileSync(path.join(root, 'docs/stays.png'), '');
  const { page: file, sections } = await writeResults('docs/results.yaml', root);
  expect(file).toBe('docs/results.md');
  expect(sections).toEqual([
    { title: 'Pre-training', made: 5, missing: 1 },
    { title: 'Size', made: 8, missing: 0 },
    { title: 'Whole pictures', made: 2, missing: 0 },
    { title: 'Nothing yet', made: 0, missing: 1 },
  ]);
  const pretraining = sectionOf('Pre-training');
  expect(pretraining).toContain('```sh\nnpx bun run roadseg run experiments/report.yaml\n```');
  // Five of two epochs, a second each.
  expect(pretraining).toContain('5 trainings, 10 s in all.');
  expect(pretraining).toContain('Evaluated on: Streets, test split, 10 scenes, centre square resized to 32x32.');
  expect(pretraining).toMatch(/\| Base +\| groups-8 +\| +3 \|/);
  expect(pretraining).toMatch(/\| Pre-trained +\| groups-8 +\| +2 \|/);
  expect(pretraining).toMatch(
    /\| Pre-trained against Base \| groups-8 +\| IoU of human \| +\+\d+\.\d \|.*\| established/,
  );
  expect(pretraining).toMatch(/^- groups-8: mean IoU of Pre-trained is .* points above Base/m);
  expect(pretraining).toContain('**Not made yet: Pre-trained, seed 3**');
  expect(sectionOf('Nothing yet').trim()).toBe(
    'Nothing yet\n\n```sh\nmake it\n```\n\n**None of these runs has been made yet**; the command makes them.',
  );
  for (const [, picture] of page().matchAll(/\]\(([^)]+\.png)\)/g)) {
    const { width } = await sharp(path.join(root, 'docs', picture)).metadata();
    expect(width).toBeGreaterThan(800);
  }
  expect(readdirSync(path.join(root, 'docs/results')).sort()).toEqual([
    'pre-training-validation-loss.png',
    'runs',
    'size-iou-of-human.png',
    'size-recall-by-height-human.png',
    'size-recall-by-height-object.png',
  ]);
}, 60_000);

test('along a setting, models are compared at each place, and each line from end to end', () => {
  const size = sectionOf('Size');
  const compared = [...size.matchAll(/^\| ([^|]+ against [^|]+?) +\| groups-8/gm)].map(([, pair]) => pair);
  expect(compared).toEqual([
    'Pre-trained, 32 against Base, 32',
    'Pre-trained, 64 against Base, 64',
    'Base, 64 against Base, 32',
    'Pre-trained, 64 against Pre-trained, 32',
  ]);
  expect(size).toMatch(/!\[IoU of human by Side in pixels: Base 0\.\d+ at 32, 0\.\d+ at 64; Pre-trained /);
  // Heights of both sizes as in the larger picture.
  expect(size).toMatch(/Recall of human by height in pixels: Base, 32 0\.20 at 16 to 23 pixels/);
});

test('what the page was made of is kept beside it: without the run folders it is made again, to the letter', async () => {
  const before = page();
  const kept = path.join(root, 'docs/results/runs');
  const names = readdirSync(kept);
  expect(names).toHaveLength(5 + 8);
  const text = readdirSync(path.join(kept, names[0]), { recursive: true, withFileTypes: true });
  const files = text.filter((each) => each.isFile()).map(({ name }) => name);
  expect(files.sort()).toEqual(['history.jsonl', 'metrics.json', 'scene-counts.jsonl', 'small-things.jsonl']);

  renameSync(path.join(root, 'results'), path.join(root, 'elsewhere'));
  await writeResults('docs/results.yaml', root);
  renameSync(path.join(root, 'elsewhere'), path.join(root, 'results'));
  expect(page()).toBe(before);
  expect(readdirSync(kept)).toEqual(names);
}, 60_000);

test('figures that no section shows any more go; an evaluation of other weights is none', async () => {
  bases[2].write(
    'checkpoints/best/model.json',
    sealedJson({ userDefinedMetadata: { ...tinyDescription, epoch: 1, validationLoss: 0.9 } }),
  );
  writeFileSync(
    path.join(root, 'docs/results.yaml'),
    'title: R\nsections:\n  - { title: Pre-training, runs: experiments/report.yaml }\n',
  );
  const { sections } = await writeResults('docs/results.yaml', root);
  expect(sections).toEqual([{ title: 'Pre-training', made: 4, missing: 2 }]);
  expect(page()).toContain('Not made yet: Base, seed 3; Pre-trained, seed 3');
  expect(readdirSync(path.join(root, 'docs/results'))).toEqual(['runs']);
  expect(existsSync(path.join(root, 'docs/stays.png'))).toBe(true);
  // Of the six seeds one was never made; the one whose weights are others now stays kept until it is evaluated again.
  expect(readdirSync(path.join(root, 'docs/results/runs'))).toHaveLength(5);
}, 60_000);

test('what would be passed over in silence is named: a score, a line or a figure that the runs do not have, lines called alike', async () => {
  const wrong = (section: string) => {
    writeFileSync(path.join(root, 'docs/wrong.yaml'), `title: R\nsections:\n  - { title: P, ${section} }\n`);
    return expect(writeResults('docs/wrong.yaml', root)).rejects;
  };
  await wrong('runs: experiments/report.yaml, scores: [IoU of people]').toThrow(
    'the section "P" asks for IoU of people, which these runs do not have',
  );
  await wrong('runs: experiments/sweeps/size.yaml, labels: { bases: Base }').toThrow(
    'the section "P" renames bases, which no model is called',
  );
  const along = 'along: { key: data.size, title: Side }';
  await wrong(`runs: experiments/sweeps/size.yaml, ${along}, labels: { base: U-Net, pretrained: U-Net }`).toThrow(
    'the section "P" calls base and pretrained alike, U-Net',
  );
  await wrong('runs: experiments/report.yaml, figures: [reliability]').toThrow(
    'the section "P" draws reliability, but none of its runs was evaluated with evaluation.calibration',
  );
});

const OWN_CLASSES = `  classes:
    - { name: ground, color: [128, 64, 128], values: [7] }
    - { name: people <b>, color: [220, 20, 60], values: [24], things: true }
    - { name: rest, color: [0, 0, 0], values: rest }
`;

test('classes of one’s own have their figures, whose names Markdown takes; other classes are not set against them', async () => {
  const files = {
    'experiments/own.yaml': `extends: base.yaml\ndata:\n${OWN_CLASSES}`,
    'experiments/other.yaml': `extends: base.yaml\ndata:\n${OWN_CLASSES.replace('[7]', '[7, 8]')}`,
    'experiments/both.yaml': `notebooks: [t.ipynb]
comparison:
  title: t
  runs: [{ label: Own, run: experiments/own.yaml }, { label: Other, run: experiments/other.yaml }]
`,
    'docs/own.yaml': `title: R\nsections:
  - { title: 道, runs: experiments/own.yaml, scores: [IoU of people <b>], figures: [recall-by-height] }
  - { title: 路, runs: experiments/own.yaml, figures: [recall-by-height] }
`,
    'docs/both.yaml': 'title: R\nsections:\n  - { title: P, runs: experiments/both.yaml }\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, name), text);
  for (const name of ['own', 'other']) storeRuns(name, [1], 30);
  await writeResults('docs/own.yaml', root);
  const own = readFileSync(path.join(root, 'docs/own.md'), 'utf8');
  const pictures = [...own.matchAll(/^!\[Recall of people \\<b> by height.*\]\((\S+)\)$/gm)].map(([, link]) => link);
  expect(pictures).toHaveLength(2);
  for (const link of pictures) expect(existsSync(path.join(root, 'docs', decodeURI(link)))).toBe(true);
  expect(new Set(pictures).size).toBe(2);
  await expect(writeResults('docs/both.yaml', root)).rejects.toThrow(
    'the runs were not evaluated on the same. classes of',
  );
}, 60_000);

test('a page and pictures that it has not made stay', async () => {
  writeFileSync(
    path.join(root, 'docs/page.yaml'),
    'title: R\nsections:\n  - { title: P, runs: experiments/sweeps/nothing.yaml }\n',
  );
  mkdirSync(path.join(root, 'docs/page'));
  writeFileSync(path.join(root, 'docs/page/photo.png'), '');
  await writeResults('docs/page.yaml', root);
  expect(existsSync(path.join(root, 'docs/page/photo.png'))).toBe(true);
  writeFileSync(path.join(root, 'docs/page.md'), 'Written by hand.');
  await expect(writeResults('docs/page.yaml', root)).rejects.toThrow('docs/page.md was not made by this');
});

test('a key that is not known is named', async () => {
  writeFileSync(
    path.join(root, 'docs/wrong.yaml'),
    'title: R\nsections:\n  - { title: P, run: experiments/report.yaml }\n',
  );
  await expect(writeResults('docs/wrong.yaml', root)).rejects.toThrow('did you mean sections.0.runs?');
});
