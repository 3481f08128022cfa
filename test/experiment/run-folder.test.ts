import { afterAll, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describeExperiment } from '../../src/experiment/describe';
import { loadExperiment } from '../../src/experiment/load';
import { dependencyRun, openRun } from '../../src/experiment/run-folder';
import { messageOf, projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const files = {
  'experiments/base.yaml': 'description: "One line.\\nAnd: another # one"\nnotebooks: [t.ipynb]\nseed: 4\n',
  'experiments/pretrained.yaml': 'extends: ./base.yaml\nmodel: { encoder: { weights: experiments/base.yaml } }\n',
};

test('opening a run writes the resolved experiment, which loads to the same folder and the same values', () => {
  const root = projectFolder(files);
  const run = openRun('experiments/pretrained.yaml', { root, set: ['data.limit={train: 2}'] });
  const written = readFileSync(run.path('experiment.yaml'), 'utf8');
  expect(written).toStartWith(`# The resolved experiment: every value, defaults included.`);
  expect(written).toContain(`run ${run.folder}/experiment.yaml`);
  expect(parse(written)).toEqual(run.experiment);

  const again = loadExperiment(`${run.folder}/experiment.yaml`, { root });
  expect(again.folder).toBe(run.folder);
  expect(again.experiment).toEqual(run.experiment);
  expect(again.dependencies).toEqual([]);
  expect(Object.values(again.sources)).not.toContain('default');
});

test('an experiment.yaml that says the same is left alone; another or a broken one is replaced', () => {
  const root = projectFolder({ 'experiments/a.yaml': 'notebooks: [t.ipynb]\nfolder: results/fixed\n' });
  const open = (...set: string[]) => openRun('experiments/a.yaml', { root, set });
  const file = open().path('experiment.yaml');
  writeFileSync(file, `# by hand\n${readFileSync(file, 'utf8')}`);
  const { mtimeMs } = statSync(file);
  open();
  expect(statSync(file).mtimeMs).toBe(mtimeMs);

  open('seed=5');
  expect(parse(readFileSync(file, 'utf8')).seed).toBe(5);
  writeFileSync(file, 'seed: [');
  open();
  expect(parse(readFileSync(file, 'utf8')).seed).toBe(1);
});

test('a run keeps the data.root it was made with until another is given', () => {
  const root = projectFolder({ 'experiments/a.yaml': 'notebooks: [t.ipynb]\ndata: { source: camvid }\n' });
  const rootOf = (...set: string[]) => {
    const run = openRun('experiments/a.yaml', { root, set });
    expect(parse(readFileSync(run.path('experiment.yaml'), 'utf8'))).toEqual(run.experiment);
    return run.experiment.data.root;
  };
  expect(rootOf()).toBeNull();
  expect(rootOf('data.root=/data/one')).toBe('/data/one');
  expect(rootOf()).toBe('/data/one');
  expect(rootOf('data.root=/data/two')).toBe('/data/two');
  expect(rootOf('seed=2')).toBeNull();
});

test('a run writes files in its folder, leaving no temporary ones', () => {
  const root = projectFolder(files);
  const run = openRun('experiments/base.yaml', { root });
  const file = run.writeJson('metrics/validation.json', { meanIou: 0.5 });
  expect(path.resolve(file)).toBe(path.join(root, run.folder, 'metrics', 'validation.json'));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ meanIou: 0.5 });
  run.write('metrics/validation.json', 'another');
  expect(readFileSync(file, 'utf8')).toBe('another');
  expect(readdirSync(run.path('metrics'))).toEqual(['validation.json']);
});

test('another run is found by its folder; a missing one says which command makes it', () => {
  const root = projectFolder(files);
  const { experiment } = openRun('experiments/pretrained.yaml', { root });
  const encoder = experiment.model.encoder.weights!;
  expect(messageOf(() => dependencyRun(encoder, { root }))).toContain('run experiments/base.yaml');
  expect(messageOf(() => dependencyRun('results/unknown', { root }))).toContain(
    'results/unknown/experiment.yaml is missing',
  );
  expect(existsSync(path.join(root, encoder))).toBe(false);

  openRun('experiments/base.yaml', { root });
  const base = dependencyRun(encoder, { root });
  expect([base.folder, base.experiment.seed]).toEqual([encoder, 4]);
});

test('the described experiment says where each value comes from and is still the experiment', () => {
  const root = projectFolder(files);
  const loaded = loadExperiment('experiments/pretrained.yaml', { root, set: ['data.size=64', 'description="a\\nb"'] });
  const text = describeExperiment(loaded);
  expect(parse(text)).toEqual(loaded.experiment);
  expect(text).toContain('\nseed: 4 # experiments/base.yaml:3:1\n');
  expect(text).toContain('\n  size: 64 # --set\n');
  expect(text).toContain('\n  limit: {} # default\n');
  expect(text).toContain('\n    blocks: [1, 2, 3, 4, 5] # default\n');
  expect(text).toContain('# needs experiments/base.yaml\n');
});
