import { expect, test } from 'bun:test';
import { shortKeys } from '../../src/configuration/setting-words';

test('a key is told by the last parts that are its own', () => {
  const keys = [
    'seed',
    'model.width',
    'model.decoder.width',
    'model.encoder.name',
    'training.loss.0.name',
    'data.size',
  ];
  expect(keys.map(shortKeys(keys))).toEqual([
    'seed',
    'model.width',
    'decoder.width',
    'encoder.name',
    'loss.0.name',
    'size',
  ]);
});
