import { afterAll, expect, test } from 'bun:test';
import { nearestFile } from '../../src/configuration/nearest-file';
import { editDistance, nearestWord } from '../../src/configuration/nearest-word';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

test('edit distance counts insertions, deletions and substitutions', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3); // k→s, e→i, +g
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('seed', 'seed')).toBe(0);
});

test('the nearest candidate is offered only when it is near', () => {
  expect(nearestWord('learning_rate', ['learningRateDecay', 'learningRate', 'epochs'])).toBe('learningRate');
  expect(nearestWord('BATCHSIZE', ['batchSize'])).toBe('batchSize');
  expect(nearestWord('zebra', ['seed', 'name'])).toBeUndefined();
  expect(nearestWord('a', ['b'])).toBeUndefined();
});

test('a file is offered for one that is not there, of its kind and below its folder', () => {
  const root = projectFolder({ 'experiments/camvid/base.yaml': '', 'notebooks/02-model.ipynb': '' });
  expect(nearestFile('experiments/camvit/base.yaml', root)).toBe('; did you mean experiments/camvid/base.yaml?');
  expect(nearestFile('notebooks/02-modle.ipynb', root)).toBe('; did you mean notebooks/02-model.ipynb?');
  // Without its ending a YAML is meant, never the folder.
  expect(nearestFile('experiments/camvit/base', root)).toBe('; did you mean experiments/camvid/base.yaml?');
  expect(nearestFile('experiments/camvit', root)).toBe('');
  for (const far of ['notebooks/base.yaml', 'experiments/entirely/other.yaml', 'gone/base.yaml', '/etc/bas.yaml'])
    expect(nearestFile(far, root)).toBe('');
});
