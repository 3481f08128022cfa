import { afterAll, describe, expect, test } from 'bun:test';
import { planSweep } from '../../src/experiment/sweep/plan';
import { isSweepPath } from '../../src/experiment/sweep/sweep-file';
import { messageOf, projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const experiments = {
  'experiments/encoder.yaml': 'task: classification\nnotebooks: [e.ipynb]\n',
  'experiments/base.yaml': 'notebooks: [t.ipynb]\n',
  'experiments/pretrained.yaml': 'extends: ./base.yaml\nmodel: { encoder: { weights: experiments/encoder.yaml } }\n',
};

function plan(sweep: string, options: { set?: string[] } = {}) {
  const root = projectFolder({ ...experiments, 'experiments/sweeps/s.yaml': sweep });
  return planSweep('experiments/sweeps/s.yaml', { root, ...options });
}

const labels = (sweep: string) => plan(sweep).runs.map(({ label }) => label);
const problem = (sweep: string) => messageOf(() => plan(sweep)).split('\n')[0];

describe('the runs of a sweep', () => {
  test('the grid goes with every row of zip and with every seed', () => {
    const { runs } = plan(`
experiment: experiments/base.yaml
set: { training.epochs: 2 }
matrix: { model.batchNorm: [true, false] }
zip:
  training.learningRate: [0.1, 0.2]
  training.batchSize: [1, 2]
seeds: 2
`);
    expect(runs.map(({ label }) => label)).toEqual(
      [true, false].flatMap((batchNorm) =>
        [1, 2].flatMap((row) =>
          [1, 2].map((seed) => `batchNorm=${batchNorm} learningRate=0.${row} batchSize=${row} seed=${seed}`),
        ),
      ),
    );
    const { experiment, sources } = runs[3].loaded;
    expect(experiment).toMatchObject({ seed: 2, model: { batchNorm: true }, training: { epochs: 2, batchSize: 2 } });
    expect(sources['training.batchSize']).toBe('experiments/sweeps/s.yaml:7:27');
    expect(runs[3].values).toEqual({
      'training.epochs': 2,
      'model.batchNorm': true,
      'training.learningRate': 0.2,
      'training.batchSize': 2,
      seed: 2,
    });
    expect(new Set(runs.map(({ loaded }) => loaded.folder)).size).toBe(8);
  });

  test('exclude takes out what has all its values; include adds, with every seed unless it names one', () => {
    expect(
      labels(`
experiment: experiments/base.yaml
matrix: { model.width: [1, 2], training.epochs: [5, 6] }
exclude:
  - { model.width: 2, training.epochs: 6 }
  - { seed: 8, model.width: 1 }
include:
  - { model.width: 3 }
  - { model.width: 4, seed: 9 }
seeds: [7, 8]
`),
    ).toEqual([
      'width=1 epochs=5 seed=7',
      'width=1 epochs=6 seed=7',
      'width=2 epochs=5 seed=7',
      'width=2 epochs=5 seed=8',
      'width=3 seed=7',
      'width=3 seed=8',
      'width=4 seed=9',
    ]);
  });

  test('several experiments: what they build on comes first, once; data.root goes to it, too', () => {
    const sweep = 'experiment: [experiments/base.yaml, experiments/pretrained.yaml]\nseeds: [1, 2]\n';
    const { runs } = plan(sweep, { set: ['data.root=/data'] });
    expect(runs.map(({ label, wanted }) => [label, wanted])).toEqual([
      ['encoder', false],
      ['base seed=1', true],
      ['base seed=2', true],
      ['pretrained seed=1', true],
      ['pretrained seed=2', true],
    ]);
    expect(runs[3].needs).toEqual([runs[0].loaded.folder]);
    expect(runs.map(({ loaded }) => loaded.experiment.data.root)).toEqual(Array(5).fill('/data'));
  });

  test('combinations that come to the same experiment are one run', () => {
    const sweep = 'experiment: experiments/base.yaml\ninclude: [{ seed: 1 }, { seed: 2 }, { seed: 1 }]\n';
    expect(labels(sweep)).toEqual(['seed=1', 'seed=2']);
  });
});

describe('a mistake is shown where it stands', () => {
  test.each([
    ['experiment: experiments/base.yaml\nmatrx: {}\n', 's.yaml:2:1: matrx: unknown key; did you mean matrix?'],
    [
      'experiment: experiments/base.yaml\nmatrix:\n  training.learningrate: [1]\n',
      's.yaml:3:3: matrix.training.learningrate: no key of an experiment; did you mean training.learningRate?',
    ],
    ['experiment: experiments/base.yaml\nmatrix: { seed: 3 }\n', 's.yaml:2:11: matrix.seed: expected a list, found 3'],
    ['experiment: experiments/base.yaml\nseeds: 0\n', 's.yaml:2:1: seeds: expected a number above 0'],
    [
      'experiment: experiments/base.yaml\nzip:\n  seed: [1, 2]\n  model.width: [1]\n',
      's.yaml:4:3: zip.model.width: expected 2 values, as many as seed has, found 1',
    ],
    [
      'experiment: experiments/base.yaml\nmatrix:\n  model.width: [1, 9]\n  seed: [1, 2]\n',
      's.yaml:3:20: model.width: expected a number of at most 4, found 9',
    ],
    [
      'experiment: experiments/base.yaml\nseeds: 2\nexclude:\n  - { seed: 3 }\n',
      's.yaml:4:5: exclude: takes out none of the runs',
    ],
    ['experiment: experiments/bass.yaml\n', 'experiments/bass.yaml: no such file'],
  ])('%j', (sweep, message) => {
    expect(problem(sweep)).toContain(message);
  });

  test('runs that would write to one folder are refused', () => {
    const root = projectFolder({
      'experiments/fixed.yaml': 'notebooks: [t.ipynb]\nfolder: results/fixed\n',
      'experiments/sweeps/s.yaml': 'experiment: experiments/fixed.yaml\nseeds: 2\n',
    });
    expect(messageOf(() => planSweep('experiments/sweeps/s.yaml', { root }))).toContain(
      'seed=1 and seed=2 would both write to results/fixed',
    );
  });
});

test('a sweep is told by where it lies, however the path is written', () => {
  expect(isSweepPath('experiments/sweeps/s.yaml')).toBe(true);
  expect(isSweepPath('experiments/camvid/../sweeps/s.yaml')).toBe(true);
  expect(isSweepPath('experiments/sweeps/../camvid/base.yaml')).toBe(false);
});
