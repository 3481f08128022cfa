import { afterAll, expect, test } from 'bun:test';
import path from 'node:path';
import { loadExperiment } from '../../src/experiment/load';
import { override } from '../../src/experiment/overridden';
import { messageOf, projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const root = projectFolder({
  'experiments/small/base.yaml':
    'description: Small\nnotebooks: [a.ipynb]\nfolder: results/kept\ntraining: { epochs: 9 }\n',
});
const base = 'experiments/small/base.yaml';

test('an overridden experiment is the one that --set makes, dotted or nested', () => {
  const set = ['training.epochs=3', 'model.width=0.5', 'folder=null'];
  const asked = loadExperiment(base, { set, root });
  const file = override(base, 'training: { epochs: 3 }\nmodel.width: 0.5', { root });
  const made = loadExperiment(file, { root });
  expect(made.experiment).toEqual(asked.experiment);
  expect(made.folder).toBe(asked.folder);
  // What was overridden may be overridden again; nothing leaves all as it is.
  const again = loadExperiment(override(file, 'training.epochs: 4', { root }), { root }).experiment;
  expect([again.training.epochs, again.model.width, again.description]).toEqual([4, 0.5, 'Small']);
  expect(override(base, '', { root })).toBe(base);
});

test('it never writes into the folder that the other one names', () => {
  expect(loadExperiment(override(base, 'seed: 2', { root }), { root }).folder).toStartWith('results/small-base-');
});

test('an unknown key lists the nearest, a value that reaches nothing is refused, each by its line', () => {
  const message = messageOf(() => override(base, 'seed: 2\ntraining.epoch: 3', { root }));
  expect(message).toContain('override:2:1');
  expect(message).toContain('did you mean training.epochs?');
  expect(messageOf(() => override(base, 'data.folder.colors: true', { root }))).toContain('reaches nothing');
  expect(messageOf(() => override(base, 'three epochs', { root }))).toContain('expected keys and values');
});

test('the file lies in the project, and extends the other one', () => {
  expect(override(base, 'seed: 2', { root })).toMatch(/^\.cache\/experiments\/small-base-[0-9a-f]+\.yaml$/);
  const elsewhere = path.join(projectFolder({ 'own.yaml': 'notebooks: [a.ipynb]\n' }), 'own.yaml');
  expect(loadExperiment(override(elsewhere, 'seed: 2', { root }), { root }).experiment.seed).toBe(2);
});
