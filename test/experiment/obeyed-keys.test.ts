import { afterAll, describe, expect, test } from 'bun:test';
import { loadExperiment } from '../../src/experiment/load';
import { planSweep } from '../../src/experiment/sweep/plan';
import { messageOf, projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const compare = (...runs: string[]) =>
  [
    'notebooks: [c.ipynb]',
    'comparison:',
    '  title: C',
    '  runs:',
    ...runs.map((run) => `    - { label: L, run: ${run} }`),
  ].join('\n');

const root = projectFolder({
  'experiments/streets.yaml': 'notebooks: [t.ipynb]\ndata: { source: synthetic }\n',
  'experiments/encoder.yaml': 'extends: streets.yaml\ntask: classification\nnotebooks: [e.ipynb]\n',
  'experiments/camvid.yaml': 'notebooks: [t.ipynb]\ndata: { source: camvid }\n',
  'experiments/camvid-pretrained.yaml':
    'extends: camvid.yaml\nmodel: { encoder: { weights: experiments/encoder.yaml } }\n',
  'experiments/eleven.yaml': 'extends: camvid.yaml\ndata: { classes: camvid-11 }\n',
  'experiments/sided.yaml': 'extends: camvid.yaml\nevaluation: { resolution: original, window: { side: 96 } }\n',
  'experiments/eager.yaml': 'extends: camvid.yaml\nexecution: { compile: false }\n',
  'experiments/of-camvid.yaml': compare('experiments/camvid.yaml', 'experiments/camvid-pretrained.yaml'),
  'experiments/mixed.yaml': compare('experiments/camvid.yaml', 'experiments/streets.yaml'),
  'experiments/of-made-runs.yaml': compare('results/a', 'results/b'),
  'experiments/sweeps/s.yaml': [
    'experiment: experiments/camvid.yaml',
    'matrix:',
    '  model.encoder.weights: [null, vgg19-imagenet]',
    '  model.encoder.blocks: [[1], [1, 2]]',
  ].join('\n'),
  'experiments/sweeps/nothing.yaml':
    'experiment: experiments/camvid.yaml\nmatrix:\n  data.synthetic.seed: [1, 2]\n  evaluation.window.overlap: [0, 0.5]\n',
});
const load = (name: string, ...set: string[]) => loadExperiment(`experiments/${name}.yaml`, { root, set });
const problem = (name: string, ...set: string[]) => messageOf(() => load(name, ...set));

describe('data.root goes on to what has the same source', () => {
  test('not to an encoder that is trained on generated streets', () => {
    const { dependencies } = load('camvid-pretrained', 'data.root=/camvid');
    expect(dependencies.map(({ path, set }) => [path, set])).toEqual([['experiments/encoder.yaml', []]]);
  });

  test('from a comparison to all the runs it compares', () => {
    const { dependencies } = load('of-camvid', 'data.root=/cam: vid');
    expect(dependencies.map(({ path, set }) => [path, set])).toEqual([
      ['experiments/camvid.yaml', ['data.root=/cam: vid']],
      ['experiments/encoder.yaml', []],
      ['experiments/camvid-pretrained.yaml', ['data.root=/cam: vid']],
    ]);
    const [{ path, set }] = dependencies;
    expect(loadExperiment(path, { root, set }).experiment.data.root).toBe('/cam: vid');
    expect(load('of-camvid', 'data.root=123').dependencies[0].set).toEqual(['data.root=123']);
    expect(load('of-camvid', "data.root='#1'").dependencies[0].set).toEqual(['data.root="#1"']);
  });

  test('and is refused where it could mean two data sets, or none', () => {
    expect(problem('mixed', 'data.root=/d')).toStartWith(
      '--set data.root=/d: data.root: would reach runs of different data: camvid, synthetic',
    );
    expect(problem('of-made-runs', 'data.root=/d')).toStartWith('--set data.root=/d: data.root: reaches nothing');
  });

  test('in a sweep, too, wherever it says so', () => {
    const made = projectFolder({
      'experiments/encoder.yaml': 'task: classification\nnotebooks: [e.ipynb]\ndata: { source: synthetic }\n',
      'experiments/camvid.yaml':
        'notebooks: [t.ipynb]\ndata: { source: camvid }\nmodel: { encoder: { weights: experiments/encoder.yaml } }\n',
      'experiments/sweeps/s.yaml': 'experiment: experiments/camvid.yaml\nset: { data.root: /camvid }\nseeds: 2\n',
    });
    const { runs } = planSweep('experiments/sweeps/s.yaml', { root: made });
    expect(runs.map(({ loaded }) => loaded.experiment.data.root)).toEqual([null, '/camvid', '/camvid']);
  });
});

describe('an override that reaches nothing is an error', () => {
  test('of a comparison, which trains nothing itself', () => {
    const message = problem('of-camvid', 'training.epochs=3', 'description=d');
    expect(message).toStartWith(
      '--set training.epochs=3: training.epochs: reaches nothing: a comparison trains nothing, and obeys only name,',
    );
    expect(message).toContain('sweep what it compares');
    expect(problem('of-camvid', 'seed=3')).toContain('seed: reaches nothing');
    expect(load('of-camvid', 'evaluation.panels=2', 'name=other', 'comparison.title=T').experiment.name).toBe('other');
  });

  test.each([
    ['camvid', 'data.synthetic={seed: 3}', 'data.source: synthetic'],
    ['camvid', 'data.crops.train=3', 'task: classification'],
    ['encoder', 'evaluation.split=test', 'task: classification'],
    ['camvid', 'model.encoder.blocks=[1]', 'model.encoder.weights'],
    ['camvid', 'training.encoderLearningRateFactor=0.1', 'model.encoder.weights'],
    ['camvid-pretrained', 'model.encoder.skipBatchNorm=true', 'model.encoder.batchNorm: false'],
    ['camvid-pretrained', 'model.encoder.freezeBatchNorm=false', 'model.encoder.freeze'],
    ['eager', 'execution.autotune=false', 'execution.compile'],
    ['eleven', 'training.ignoreVoid=true', 'no class is called void'],
    ['camvid', 'evaluation.window.side=96', 'evaluation.resolution: original'],
    ['sided', 'evaluation.window.share=0.5', 'evaluation.window.side'],
  ])('%s: %s', (name, override, needed) => {
    const message = problem(name, override);
    expect(message).toContain(': reaches nothing: ');
    expect(message).toContain(needed);
  });

  test('what makes it count may be given with it', () => {
    const { experiment } = load('camvid', 'evaluation.window.side=96', 'evaluation.resolution=original');
    expect(experiment.evaluation.window.side).toBe(96);
  });

  test('in a sweep where it reaches none of the runs; some are enough', () => {
    const plan = (name: string, set: string[] = []) => planSweep(`experiments/sweeps/${name}.yaml`, { root, set });
    expect(plan('s').runs).toHaveLength(4);
    expect(plan('s', ['model.encoder.batchNorm=false']).runs).toHaveLength(4);
    expect(messageOf(() => plan('s', ['data.crops.train=3']))).toStartWith(
      '--set data.crops.train=3: data.crops.train: reaches nothing',
    );
    const message = messageOf(() => plan('nothing'));
    expect(message).toStartWith('4 problems:\n  experiments/sweeps/nothing.yaml:3:25: data.synthetic.seed: reaches');
    expect(message).toContain('sweeps/nothing.yaml:4:31: evaluation.window.overlap: reaches nothing');
  });
});
