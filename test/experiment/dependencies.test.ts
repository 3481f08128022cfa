import { afterAll, expect, test } from 'bun:test';
import { loadExperiment } from '../../src/experiment/load';
import { dependencyRun, openRun } from '../../src/experiment/run-folder';
import { messageOf, projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const files = {
  'experiments/encoder.yaml': 'task: classification\nnotebooks: [e.ipynb]\n',
  'experiments/base.yaml': 'notebooks: [t.ipynb]\n',
  'experiments/pretrained.yaml': 'extends: ./base.yaml\nmodel:\n  encoder: { weights: experiments/encoder.yaml }\n',
  'experiments/compare.yaml': [
    'notebooks: [c.ipynb]',
    'comparison:',
    '  title: Base and pre-trained',
    '  runs:',
    '    - { label: Base, run: experiments/base.yaml }',
    '    - { label: Pre-trained, run: experiments/pretrained.yaml }',
    '    - { label: Elsewhere, run: results/published }',
  ].join('\n'),
};

test('references become run folders, and dependencies come in the order in which they have to run', () => {
  const root = projectFolder(files);
  const folderOf = (name: string) => loadExperiment(`experiments/${name}.yaml`, { root }).folder;
  const pretrained = loadExperiment('experiments/pretrained.yaml', { root });
  expect(pretrained.experiment.model.encoder.weights).toBe(folderOf('encoder'));
  expect(pretrained.dependencies).toEqual([{ path: 'experiments/encoder.yaml', set: [], folder: folderOf('encoder') }]);

  const compare = loadExperiment('experiments/compare.yaml', { root });
  expect(compare.experiment.comparison?.runs.map(({ run }) => run)).toEqual([
    folderOf('base'),
    folderOf('pretrained'),
    'results/published',
  ]);
  expect(compare.dependencies.map(({ path }) => path)).toEqual([
    'experiments/base.yaml',
    'experiments/encoder.yaml',
    'experiments/pretrained.yaml',
  ]);
  expect(compare.sources['comparison.runs.1.run']).toBe('experiments/compare.yaml:6:29');
});

test('a run with seeds becomes a list of run folders, each needed with its seed', () => {
  const withSeeds = (run: string) => [
    'notebooks: [c.ipynb]',
    'comparison:',
    '  title: Seeds',
    '  runs:',
    `    - { label: Model, run: ${run}, seeds: [2, 1] }`,
  ];
  const root = projectFolder({
    ...files,
    'experiments/seeds.yaml': withSeeds('experiments/pretrained.yaml').join('\n'),
    'experiments/made.yaml': withSeeds('results/published').join('\n'),
  });
  const folderOf = (file: string, set: string[] = []) => loadExperiment(file, { root, set }).folder;
  const seeds = loadExperiment('experiments/seeds.yaml', { root });
  const second = folderOf('experiments/pretrained.yaml', ['seed=2']);
  // The file's own seed is 1, so that run is the one without an override.
  const first = folderOf('experiments/pretrained.yaml');
  expect(seeds.experiment.comparison?.runs).toEqual([{ label: 'Model', run: [second, first] }]);
  expect(seeds.dependencies).toEqual([
    { path: 'experiments/encoder.yaml', set: [], folder: folderOf('experiments/encoder.yaml') },
    { path: 'experiments/pretrained.yaml', set: ['seed=2'], folder: second },
    { path: 'experiments/pretrained.yaml', set: ['seed=1'], folder: first },
  ]);
  expect(messageOf(() => dependencyRun(second, { root }))).toContain('run experiments/pretrained.yaml --set seed=2');
  expect(openRun('experiments/seeds.yaml', { root }).folder).toBe(seeds.folder);
  expect(folderOf(`${seeds.folder}/experiment.yaml`)).toBe(seeds.folder);

  expect(messageOf(() => loadExperiment('experiments/made.yaml', { root }))).toStartWith(
    'experiments/made.yaml:5:23: comparison.runs.0.run: expected the YAML of an experiment, since seeds are given',
  );
});

test('a changed encoder gives another folder to what is built on it, and only to that', () => {
  const before = projectFolder(files);
  const after = projectFolder({
    ...files,
    'experiments/encoder.yaml': `${files['experiments/encoder.yaml']}seed: 2\n`,
  });
  const folders = (root: string) =>
    ['base', 'pretrained', 'compare'].map((name) => loadExperiment(`experiments/${name}.yaml`, { root }).folder);
  const [base, pretrained, compare] = folders(before);
  const [sameBase, otherPretrained, otherCompare] = folders(after);
  expect(sameBase).toBe(base);
  expect(otherPretrained).not.toBe(pretrained);
  expect(otherCompare).not.toBe(compare);
});

test('overrides are for the experiment itself, not for what it needs', () => {
  const root = projectFolder(files);
  const weights = (set: string[]) =>
    loadExperiment('experiments/pretrained.yaml', { root, set }).experiment.model.encoder.weights;
  expect(weights(['seed=9'])).toBe(weights([]));
});

test('a missing dependency is reported where it is named', () => {
  const root = projectFolder({ ...files, 'experiments/base.yaml': 'notebooks: [t.ipynb]\nseed: -1\n' });
  expect(
    messageOf(() =>
      loadExperiment('experiments/encoder.yaml', { root, set: ['model.encoder.weights=experiments/gone.yml'] }),
    ),
  ).toStartWith(
    '--set model.encoder.weights=experiments/gone.yml: model.encoder.weights: experiments/gone.yml: no such file',
  );
  expect(messageOf(() => loadExperiment('experiments/compare.yaml', { root }))).toStartWith(
    'experiments/base.yaml:2:1: seed: expected a number of at least 0, found -1',
  );
});

test('experiments that need each other are an error that shows the circle', () => {
  const root = projectFolder({
    'experiments/a.yaml': 'notebooks: [t.ipynb]\nmodel: { encoder: { weights: experiments/b.yaml } }\n',
    'experiments/b.yaml': 'notebooks: [t.ipynb]\nmodel: { encoder: { weights: experiments/a.yaml } }\n',
  });
  expect(messageOf(() => loadExperiment('experiments/a.yaml', { root }))).toStartWith(
    'experiments/b.yaml:2:21: model.encoder.weights: experiments need each other: experiments/a.yaml → experiments/b.yaml → experiments/a.yaml',
  );
});
