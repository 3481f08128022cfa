import { afterAll, expect, test } from 'bun:test';
import { trainingIdentity, withoutDefaults } from '../../src/experiment/identity';
import { loadExperiment } from '../../src/experiment/load';
import { experimentSchema } from '../../src/experiment/schema';
import { differences, isSameTraining } from '../../src/training/training-identity';
import { projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const root = projectFolder({
  'experiments/a.yaml': 'notebooks: [t.ipynb]\n',
  'experiments/report.yaml': 'notebooks: [t.ipynb]\ncomparison: { title: t, runs: [{ label: A, run: results/a }] }\n',
});
const load = (...set: string[]) => loadExperiment('experiments/a.yaml', { root, set });
const identity = (set: string[], found = { data: 'd', weights: null as string | null }, dependsOnEpochs = false) =>
  trainingIdentity(load(...set).experiment, found, { dependsOnEpochs });

test('a run folder is named by what decides on its training', () => {
  const { folder } = load();
  const same = [
    'description=other',
    'notebooks=[u.ipynb]',
    'evaluation.split=test',
    'evaluation.panels=2',
    'evaluation.resolution=original',
    'data.root=/data/one',
    'execution.recompute=true',
    'data.limit={ test: 3 }',
  ];
  for (const set of same) expect(load(set).folder).toBe(folder);
  const others = ['seed=2', 'data.size=64', 'data.limit={ train: 3 }', 'model.width=0.5', 'training.epochs=21'];
  expect(new Set(others.map((set) => load(set).folder)).size).toBe(others.length);
  for (const set of others) expect(load(set).folder).not.toBe(folder);
});

test('a comparison is named by what it compares', () => {
  const folderOf = (...set: string[]) => loadExperiment('experiments/report.yaml', { root, set }).folder;
  expect(folderOf('evaluation.panels=1')).toBe(folderOf());
  expect(folderOf('comparison.title=other')).not.toBe(folderOf());
});

test('what equals its default has no part in it, so that settings which are added rename nothing', () => {
  expect(withoutDefaults(load().experiment)).toEqual({ name: 'a', notebooks: ['t.ipynb'] });
  expect(identity(['training.epochs=3', 'data.limit={ train: 3, test: 2 }', 'model.width=0.5']).settings).toEqual({
    data: { limit: { train: 3 } },
    model: { width: 0.5 },
  });
});

// Whoever changes one of these raises IDENTITY_VERSION: runs that left it at its default are others now.
test('the defaults of the first version', () => {
  const { data, model, training } = experimentSchema.parse({ name: 'a', notebooks: ['t.ipynb'] });
  expect({ data, model, training }).toMatchObject({
    data: {
      source: 'cityscapes',
      size: 256,
      limit: {},
      synthetic: { seed: 1, width: 512, height: 256, scenes: { train: 48, validation: 32, test: 64 } },
      crops: { train: 4000, validation: 800 },
    },
    model: {
      width: 1,
      batchNorm: true,
      encoder: {
        weights: null,
        blocks: [1, 2, 3, 4, 5],
        batchNorm: true,
        skipBatchNorm: false,
        freeze: [],
        freezeBatchNorm: true,
      },
    },
    training: {
      epochs: 20,
      batchSize: 32,
      learningRate: 0.001,
      learningRateDecay: 0.95,
      encoderLearningRateFactor: 1,
      horizontalFlip: true,
    },
  });
});

test('trainings are the same whatever their number of epochs, unless their schedule depends on it', () => {
  expect(isSameTraining(identity(['training.epochs=3']), identity(['training.epochs=5']))).toBe(true);
  expect(isSameTraining(identity(['training.epochs=3'], undefined, true), identity([], undefined, true))).toBe(false);
  expect(isSameTraining(identity(['seed=2']), identity([]))).toBe(false);
  expect(isSameTraining(identity([]), identity([], { data: 'e', weights: null }))).toBe(false);
});

test('what differs between two is said with both values', () => {
  const now = identity(['training.learningRate=0.01'], { data: 'e', weights: 'w' });
  expect(differences(identity(['seed=2']), now)).toEqual([
    'seed was 2 and is the default',
    'training.learningRate was the default and is 0.01',
    "the data's fingerprint was d and is e",
    "the encoder's weights had SHA-256 (none) and have w",
  ]);
});

test('what goes by a name is hashed by it, and by what is not as usual for that name', () => {
  const optimizer = (...set: string[]) => withoutDefaults(load(...set).experiment).training;
  expect(optimizer('training.optimizer={name: adamw}')).toEqual({ optimizer: { name: 'adamw' } });
  expect(optimizer('training.optimizer={name: adamw, weightDecay: 0.05}')).toEqual({
    optimizer: { name: 'adamw', weightDecay: 0.05 },
  });
});
