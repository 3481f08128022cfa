import { afterAll, expect, test } from 'bun:test';
import { loadExperiment } from '../../src/experiment/load';
import { messageOf, projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

const root = projectFolder({
  'experiments/a.yaml': 'notebooks: [notebooks/a.ipynb]\ntraining: { epochs: 3, batchSize: 8 }\n',
});
const load = (...set: string[]) => loadExperiment('experiments/a.yaml', { root, set });

test('an override wins over the file and leaves its neighbours; the last of two wins', () => {
  const { experiment, sources } = load('training.epochs=5', 'training.epochs=7', 'data.limit={train: 2}');
  expect([experiment.training.epochs, experiment.training.batchSize]).toEqual([7, 8]);
  expect(experiment.data.limit).toEqual({ train: 2 });
  expect(sources['training.epochs']).toBe('--set');
  expect(sources['data.limit.train']).toBe('--set');
  expect(sources['training.batchSize']).toBe('experiments/a.yaml:2:24');
});

test('values are YAML, and text where the schema wants text', () => {
  const { experiment } = load(
    'description=2024',
    'data.root=/data/a=b',
    'model.encoder={weights: vgg19-imagenet, blocks: [1, 2]}',
    'model.batchNorm=false',
    'folder=/tmp/a: b: c',
  );
  expect(experiment.description).toBe('2024');
  expect(experiment.data.root).toBe('/data/a=b');
  expect(experiment.model.encoder.blocks).toEqual([1, 2]);
  expect(experiment.model.batchNorm).toBe(false);
  expect(experiment.folder).toBe('/tmp/a: b: c');
  expect(load('data.root=').experiment.data.root).toBeNull();
});

test('a problem of an override names the override', () => {
  expect(messageOf(() => load('training.epoch=5'))).toStartWith(
    '--set training.epoch=5: training.epoch: unknown key; did you mean training.epochs?',
  );
  expect(messageOf(() => load('training.epochs=many'))).toStartWith(
    '--set training.epochs=many: training.epochs: expected a number, found "many"',
  );
  expect(messageOf(() => load('seed.deep=1'))).toContain('seed: expected a number, found {"deep":1}');
  expect(messageOf(() => load('extends=./b.yaml'))).toContain('extends: unknown key');
});

test('every override that cannot be read is reported', () => {
  const message = messageOf(() => load('epochs', 'training..epochs=1', '=3', 'seed=[1'));
  expect(message).toStartWith('4 problems:\n  --set epochs: expected key=value');
  expect(message).toContain('--set seed=[1: ');
});
