import { afterAll, describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { ConfigurationError } from '../../src/errors';
import { loadExperiment } from '../../src/experiment/load';
import { planSweep } from '../../src/experiment/sweep/plan';
import { messageOf, projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const BASE = 'notebooks: [notebooks/a.ipynb]\n';

test('a file states only what differs; the rest is the published regime', () => {
  const root = projectFolder({ 'experiments/camvid/base.yaml': `${BASE}training:\n  epochs: 3\n` });
  const { experiment, path, folder, sources } = loadExperiment('experiments/camvid/base.yaml', { root });
  expect(path).toBe('experiments/camvid/base.yaml');
  expect(experiment.name).toBe('camvid-base');
  expect(experiment.training).toEqual({
    epochs: 3,
    batchSize: 32,
    learningRate: 0.001,
    learningRateDecay: 0.95,
    patience: null,
    microBatch: null,
    clipNorm: null,
    averageDecay: null,
    own: null,
    loss: [{ name: 'cross-entropy', factor: 1, weights: null }],
    ignoreVoid: false,
    schedule: { name: 'exponential', per: 'epoch', warmUp: 0 },
    optimizer: { name: 'adam' },
    encoderLearningRateFactor: 1,
    horizontalFlip: true,
    augmentation: { crop: null, color: null, blur: null },
  });
  expect(experiment.execution).toEqual({ compile: true, autotune: true, precision: 'float32', recompute: false });
  expect(folder).toMatch(/^results\/camvid-base-[0-9a-f]{8}$/);
  expect(sources['training.epochs']).toBe('experiments/camvid/base.yaml:3:3');
  expect(sources['training.batchSize']).toBe('default');
  expect(sources.name).toBe('default');
});

test('a file outside experiments/ is named after itself', () => {
  const root = projectFolder({ 'My Trial.yaml': BASE });
  expect(loadExperiment('My Trial.yaml', { root }).experiment.name).toBe('my-trial');
});

test('classes of a file are part of the experiment, wherever the file lies', () => {
  const list = '- { name: road, values: [7] }\n- { name: other, color: [9, 9, 9], values: rest }\n';
  const base = (classes: string) => `name: own\n${BASE}data: { classes: ${classes} }\n`;
  const root = projectFolder({
    'classes.yaml': list,
    'kept/same.yaml': list,
    'kept/wrong.yaml': '- { name: road, values: [7] }\n- { name: other, values: all }\n',
    'experiments/named.yaml': base('{ file: classes.yaml }'),
    'experiments/moved.yaml': base('{ file: kept/same.yaml }'),
    'experiments/inline.yaml': base('[{ name: road, values: [7] }, { name: other, color: [9, 9, 9], values: rest }]'),
    'experiments/wrong.yaml': base('{ file: kept/wrong.yaml }'),
    'experiments/missing.yaml': base('{ file: clases.yaml }'),
  });
  const load = (name: string, set: string[] = []) => loadExperiment(`experiments/${name}.yaml`, { root, set });
  const { experiment, folder } = load('named');
  expect(experiment.data.classes).toEqual([
    { name: 'road', color: [0, 0, 0], values: [7], ignore: false },
    { name: 'other', color: [9, 9, 9], values: 'rest', ignore: false },
  ]);
  expect([load('moved').folder, load('inline').folder]).toEqual([folder, folder]);
  expect(load('moved', ['data.classes=groups-8']).experiment.data.classes).toBe('groups-8');
  expect(load('moved', ['data.classes={file: classes.yaml}']).folder).toBe(folder);
  expect(messageOf(() => load('wrong'))).toMatch(
    /kept\/wrong.yaml:2:18: data.classes.1.values: expected a list or one of rest, found "all"/,
  );
  expect(messageOf(() => load('missing'))).toMatch(/missing.yaml:3:\d+.*data.classes.file.*clases.yaml: no such file/);
});

test('classes of one colour are refused, but not where their run is there already', () => {
  const root = projectFolder({
    'experiments/alike.yaml': `${BASE}folder: results/alike
data:
  classes:
    - { name: car, color: [0, 0, 142], values: [26] }
    - { name: void, color: [0, 0, 142], values: [0], ignore: true }
    - { name: rest, color: [0, 0, 142], values: rest }
`,
  });
  const load = () => loadExperiment('experiments/alike.yaml', { root });
  expect(messageOf(load)).toContain(
    'experiments/alike.yaml:7:21: data.classes.2.color: expected a color that no other class has: #00008e is car already',
  );
  mkdirSync(`${root}/results/alike`, { recursive: true });
  writeFileSync(`${root}/results/alike/experiment.yaml`, '');
  expect(load().folder).toBe('results/alike');
});

test('extends: objects merge, arrays and scalars replace, over a chain of files', () => {
  const root = projectFolder({
    'experiments/a.yaml': `${BASE}seed: 1\nmodel: { encoder: { weights: w, blocks: [1, 2, 3], freeze: [4] } }\ndata: { size: 64 }\n`,
    'experiments/deep/b.yaml': 'extends: ../a.yaml\nseed: 2\nmodel: { width: 0.5 }\n',
    'experiments/deep/c.yaml': 'extends: ./b.yaml\nmodel:\n  encoder:\n    blocks: [4]\n',
  });
  const { experiment, sources } = loadExperiment('experiments/deep/c.yaml', { root });
  expect(experiment.model).toEqual({
    width: 0.5,
    batchNorm: true,
    encoder: {
      name: 'vgg19',
      weights: 'w',
      blocks: [4],
      batchNorm: true,
      skipBatchNorm: false,
      freeze: [4],
      freezeBatchNorm: true,
    },
    decoder: { name: 'u-net', width: null },
  });
  expect([experiment.seed, experiment.data.size, experiment.name]).toEqual([2, 64, 'deep-c']);
  expect(sources['model.encoder.blocks']).toBe('experiments/deep/c.yaml:4:5');
  expect(sources['model.encoder.freeze']).toBe('experiments/a.yaml:3:52');
  expect(sources.seed).toBe('experiments/deep/b.yaml:2:1');
});

test('a variant does not inherit who its parent is', () => {
  const root = projectFolder({
    'experiments/a.yaml': `${BASE}name: first\nfolder: results/first\ndescription: The first.\n`,
    'experiments/b.yaml': 'extends: ./a.yaml\n',
  });
  expect(loadExperiment('experiments/a.yaml', { root }).folder).toBe('results/first');
  const { experiment } = loadExperiment('experiments/b.yaml', { root });
  expect([experiment.name, experiment.folder, experiment.description]).toEqual(['b', null, '']);
});

test('files that extend each other are an error that shows the circle', () => {
  const root = projectFolder({
    'experiments/a.yaml': 'extends: ./b.yaml\n',
    'experiments/b.yaml': 'extends: ./a.yaml\n',
  });
  expect(messageOf(() => loadExperiment('experiments/a.yaml', { root }))).toStartWith(
    'experiments/b.yaml:1:1: extends: files extend each other: experiments/a.yaml → experiments/b.yaml → experiments/a.yaml',
  );
});

test('a missing file is named, and so is the place that asks for it', () => {
  const root = projectFolder({ 'experiments/a.yaml': `seed: 1\nextends: ./b.yaml\n` });
  expect(messageOf(() => loadExperiment('experiments/a.yaml', { root }))).toStartWith(
    'experiments/a.yaml:2:1: extends: experiments/b.yaml: no such file',
  );
  expect(messageOf(() => loadExperiment('experiments/c.yaml', { root }))).toStartWith(
    'experiments/c.yaml: no such file',
  );
});

test('a parent that is not there: the path is offered as it has to be written', () => {
  const root = projectFolder({
    'experiments/camvid/base.yaml': BASE,
    'experiments/a.yaml': 'extends: camvid\n',
    'experiments/b.yaml': 'extends: experiments/camvid/base.yaml\n',
    'experiments/camvid/c.yaml': 'extends: bass.yaml\n',
    'experiments/camvid/d.yaml': 'extends: ../camvit/base.yaml\n',
  });
  const problem = (name: string) => messageOf(() => loadExperiment(`experiments/${name}.yaml`, { root }));
  expect(problem('a')).toContain('experiments/camvid: is a folder, expected a YAML file; it holds base.yaml');
  expect(problem('b')).toContain('no such file; did you mean camvid/base.yaml?');
  expect(problem('camvid/c')).toContain('no such file; did you mean base.yaml?');
  expect(problem('camvid/d')).toContain('no such file; did you mean base.yaml?');
});

test('null takes back an inherited value of what may be absent, and nothing else', () => {
  const root = projectFolder({
    'experiments/a.yaml': `${BASE}data: { limit: { train: 3, test: 2 } }\n`,
    'experiments/b.yaml': 'extends: a.yaml\ndata: { limit: { train: null } }\n',
    'experiments/c.yaml': 'extends: a.yaml\ndata: { limit: null }\n',
    'experiments/d.yaml': 'extends: a.yaml\ntraining: { epochs: null }\n',
    'experiments/whole.yaml': BASE,
  });
  const load = (name: string, ...set: string[]) => loadExperiment(`experiments/${name}.yaml`, { root, set });
  expect(load('b').experiment.data.limit).toEqual({ test: 2 });
  expect(load('c').experiment.data.limit).toEqual({});
  expect(load('a', 'data.limit.train=null', 'data.limit.test=').experiment.data.limit).toEqual({});
  expect(load('c', 'name=x').folder).toBe(load('whole', 'name=x').folder);
  expect(messageOf(() => load('d'))).toContain('training.epochs: expected a number, found null');
});

test('~ is the home folder in every path', () => {
  const runs = ['comparison:', '  title: T', '  runs: [{ label: A, run: ~/made }, { label: B, run: [~/one, ~/two] }]'];
  const root = projectFolder({
    'experiments/a.yaml': `${BASE}folder: ~/out\ndata: { root: ~/camvid }\nmodel: { encoder: { weights: ~/vgg } }\n`,
    'experiments/b.yaml': `${BASE}${runs.join('\n')}\n`,
  });
  const home = os.homedir();
  const { experiment, folder } = loadExperiment('experiments/a.yaml', { root });
  expect([folder, experiment.data.root, experiment.model.encoder.weights]).toEqual([
    `${home}/out`,
    `${home}/camvid`,
    `${home}/vgg`,
  ]);
  expect(loadExperiment('experiments/a.yaml', { root, set: ['data.root=~/other'] }).experiment.data.root).toBe(
    `${home}/other`,
  );
  expect(loadExperiment('experiments/b.yaml', { root }).experiment.comparison?.runs.map(({ run }) => run)).toEqual([
    `${home}/made`,
    [`${home}/one`, `${home}/two`],
  ]);
});

test('all problems are reported together, each in the file of the chain where it stands', () => {
  const root = projectFolder({
    'experiments/a.yaml': `${BASE}training:\n  batchsize: 4\n`,
    'experiments/b.yaml': [
      'extends: ./a.yaml',
      'epochs: 3',
      'data:',
      '  size: 33',
      '  source: kitti',
      'training: { learningRate: fast, epochs: 0 }',
      'evaluation: { panels: true }',
      'zebra: 1',
    ].join('\n'),
  });
  const load = () => loadExperiment('experiments/b.yaml', { root });
  expect(load).toThrow(ConfigurationError);
  expect(messageOf(load).split('\n').slice(0, -1)).toEqual([
    '8 problems:',
    '  experiments/a.yaml:3:3: training.batchsize: unknown key; did you mean training.batchSize?',
    '  experiments/b.yaml:2:1: epochs: unknown key; did you mean training.epochs?',
    '  experiments/b.yaml:4:3: data.size: expected a multiple of 32, found 33',
    '  experiments/b.yaml:5:3: data.source: expected one of cityscapes, camvid, folder, synthetic, found "kitti"',
    '  experiments/b.yaml:6:33: training.epochs: expected a number above 0, found 0',
    '  experiments/b.yaml:6:13: training.learningRate: expected a number, found "fast"',
    '  experiments/b.yaml:7:15: evaluation.panels: expected a number or a list, found true',
    expect.stringMatching(
      /^ {2}experiments\/b.yaml:8:1: zebra: unknown key; known here: name, description, folder, task/,
    ),
  ]);
});

describe('what is frozen was taken over', () => {
  const problem = (encoder: string) => {
    const root = projectFolder({ 'experiments/a.yaml': `${BASE}model:\n  encoder:\n    ${encoder}\n` });
    return messageOf(() => loadExperiment('experiments/a.yaml', { root })).split('\n')[0];
  };

  test('without weights nothing can be', () => {
    expect(problem('freeze: [1]')).toBe(
      'experiments/a.yaml:4:14: model.encoder.freeze.0: expected none, since there are no model.encoder.weights and random layers would stay random, found 1',
    );
  });

  test('with them no other group than those of model.encoder.blocks', () => {
    expect(problem('weights: w\n    blocks: [1, 2]\n    freeze: [2, 3]')).toBe(
      'experiments/a.yaml:6:17: model.encoder.freeze.1: expected a block that is taken over (model.encoder.blocks: 1, 2), found 3',
    );
    expect(problem('weights: w\n    blocks: [1]\n    freeze:\n      - { blocks: [1, 4], epochs: [1, 2] }')).toBe(
      'experiments/a.yaml:7:23: model.encoder.freeze.0.blocks.1: expected a block that is taken over (model.encoder.blocks: 1), found 4',
    );
  });
});

test('batches of one at 32 pixels, where batch normalisation of the bottleneck has one value per channel', () => {
  const root = projectFolder({ 'experiments/a.yaml': `${BASE}data: { size: 32 }\ntraining:\n  batchSize: 1\n` });
  const load = (...set: string[]) => loadExperiment('experiments/a.yaml', { root, set });
  expect(messageOf(load)).toStartWith(
    'experiments/a.yaml:4:3: training.batchSize: expected a number of at least 2 at data.size 32, where batch normalisation of the bottleneck else has one value per channel (or model.batchNorm: false), found 1',
  );
  for (const other of ['data.size=64', 'training.batchSize=2', 'model.batchNorm=false', 'task=classification'])
    expect(() => load(other)).not.toThrow();
});

test('class weights are as many as the classes, which is known before anything is trained', () => {
  const of = (weights: string) => `training:\n  loss:\n    - { name: focal, weights: ${weights} }\n`;
  const root = projectFolder({
    'experiments/a.yaml': `${BASE}data: { classes: camvid-11 }\n${of('[1, 2]')}`,
    'experiments/b.yaml': `${BASE}data: { classes: camvid-11 }\n${of(`[${new Array(11).fill(1)}]`)}`,
  });
  expect(messageOf(() => loadExperiment('experiments/a.yaml', { root }))).toStartWith(
    'experiments/a.yaml:5:22: training.loss.0.weights: expected 11 numbers, one for each class in their order, found [1,2]',
  );
  expect(loadExperiment('experiments/b.yaml', { root }).experiment.training.loss).toHaveLength(1);
});

test('seeds have 32 bits, wherever one is given', () => {
  const root = projectFolder({
    'experiments/a.yaml': `${BASE}seed: 4294967296\ndata: { synthetic: { seed: -1 } }\n`,
    'experiments/b.yaml': `${BASE}seed: 4294967295\n`,
    'experiments/c.yaml': `${BASE}comparison: { title: c, runs: [{ label: b, run: experiments/b.yaml, seeds: [1, 4294967297] }] }\n`,
    'experiments/sweeps/s.yaml': 'experiment: experiments/b.yaml\nseeds: [4294967297]\n',
  });
  const message = messageOf(() => loadExperiment('experiments/a.yaml', { root }));
  expect(message).toContain('a.yaml:2:1: seed: expected a number of at most 4294967295, found 4294967296');
  expect(message).toContain('a.yaml:3:22: data.synthetic.seed: expected a number of at least 0, found -1');
  expect(loadExperiment('experiments/b.yaml', { root }).experiment.seed).toBe(4294967295);
  expect(messageOf(() => loadExperiment('experiments/c.yaml', { root }))).toContain(
    'comparison.runs.0.seeds.1: expected a number of at most 4294967295, found 4294967297',
  );
  expect(messageOf(() => planSweep('experiments/sweeps/s.yaml', { root }))).toContain('4294967295');
});

test('bfloat16 without compiled graphs is refused where it is written, before a kernel meets it', () => {
  const root = projectFolder({ 'experiments/a.yaml': `${BASE}execution: { compile: false, precision: bfloat16 }\n` });
  expect(messageOf(() => loadExperiment('experiments/a.yaml', { root }))).toMatch(
    /^experiments\/a.yaml:2:\d+: execution.precision: expected float32, since execution.compile is false/,
  );
});

test('what is missing is asked for', () => {
  const root = projectFolder({ 'experiments/a.yaml': 'seed: 1\n', 'experiments/empty.yaml': '# nothing yet\n' });
  expect(messageOf(() => loadExperiment('experiments/a.yaml', { root }))).toStartWith(
    'experiments/a.yaml:1:1: notebooks: missing; expected a list',
  );
  expect(messageOf(() => loadExperiment('experiments/empty.yaml', { root }))).toContain('the file is empty; expected');
});

test('the folder depends on every value but the description and where the data lies', () => {
  const root = projectFolder({
    'experiments/a.yaml': `${BASE}seed: 1\ndata: { size: 64, source: camvid }\n`,
    'other/a.yaml': `name: a\ndescription: Same thing, other words.\ndata:\n  source: camvid\n  size: 64\n${BASE}`,
  });
  const { folder } = loadExperiment('experiments/a.yaml', { root });
  expect(loadExperiment('other/a.yaml', { root }).folder).toBe(folder);
  expect(loadExperiment('experiments/a.yaml', { root, set: ['seed=2'] }).folder).not.toBe(folder);
  expect(loadExperiment('experiments/a.yaml', { root, set: ['data.root=/elsewhere'] }).folder).toBe(folder);
  expect(loadExperiment('experiments/a.yaml', { root, set: ['execution.precision=bfloat16'] }).folder).not.toBe(folder);
});

test('an unknown optimizer: those that there are; another one’s option: an unknown key', () => {
  const root = projectFolder({ 'experiments/a.yaml': 'notebooks: [t.ipynb]\n' });
  const load = (set: string) => () => loadExperiment('experiments/a.yaml', { root, set: [set] });
  expect(load('training.optimizer.name=lamb')).toThrow('expected one of adam, adamw, sgd, found "lamb"');
  expect(load('training.optimizer={name: adam, momentum: 0.5}')).toThrow('training.optimizer.momentum: unknown key');
  expect(load('training.optimizer={name: sgd, momentum: 0.5}')().experiment.training.optimizer).toEqual({
    name: 'sgd',
    momentum: 0.5,
    weightDecay: 0,
  });
});
