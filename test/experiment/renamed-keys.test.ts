import { afterAll, expect, test } from 'bun:test';
import { loadExperiment } from '../../src/experiment/load';
import { planSweep } from '../../src/experiment/sweep/plan';
import { messageOf, projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const root = projectFolder({
  'experiments/new.yaml': 'notebooks: [a.ipynb]\nname: a\nexecution: { autotune: false }\n',
  'experiments/old.yaml': 'notebooks: [a.ipynb]\nname: a\ntraining:\n  epochs: 3\n  autotune: false\n',
  'experiments/child.yaml': 'extends: new.yaml\ntraining: { autotune: true }\n',
  'experiments/both.yaml': 'extends: new.yaml\ntraining:\n  compile: true\nexecution: { compile: true }\n',
  'experiments/sweeps/s.yaml': 'experiment: experiments/new.yaml\nmatrix: { training.compile: [true, false] }\n',
  'experiments/sweeps/both.yaml':
    'experiment: experiments/new.yaml\nset:\n  execution.compile: true\n  training.compile: false\n',
});
const load = (file: string, ...set: string[]) => loadExperiment(`experiments/${file}`, { root, set });

test('a key that has moved is read from its old place, as the same experiment', () => {
  const { experiment, folder, sources } = load('old.yaml');
  expect(experiment.execution.autotune).toBe(false);
  expect(sources['execution.autotune']).toBe('experiments/old.yaml:5:3');
  expect(folder).toBe(load('new.yaml', 'training.epochs=3').folder);
});

test('the nearer file wins, and an override over all, under whichever name', () => {
  expect(load('child.yaml').experiment.execution.autotune).toBe(true);
  expect(load('new.yaml', 'training.compile=false').experiment.execution.compile).toBe(false);
  expect(load('old.yaml', 'execution.autotune=true').experiment.execution.autotune).toBe(true);
});

test('in a sweep too', () => {
  const { runs } = planSweep('experiments/sweeps/s.yaml', { root });
  expect(runs.map(({ loaded }) => loaded.experiment.execution.compile)).toEqual([true, false]);
});

test('both names in one file are an error', () => {
  expect(messageOf(() => load('both.yaml'))).toStartWith(
    'experiments/both.yaml:3:3: training.compile: is the old name of execution.compile, which is given too',
  );
  expect(messageOf(() => planSweep('experiments/sweeps/both.yaml', { root }))).toStartWith(
    'experiments/sweeps/both.yaml:4:3: training.compile: is the old name of execution.compile',
  );
});
