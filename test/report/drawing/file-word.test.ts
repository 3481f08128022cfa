import { expect, test } from 'bun:test';
import { fileWord } from '../../../src/report/drawing/file-word';

test('a name that files can have stays, one that they cannot is told by a hash', () => {
  for (const name of ['traffic sign', 'Straße', 'bus_2']) expect(fileWord(name)).toBe(name);
  expect(fileWord('a/b')).toMatch(/^a-b-[0-9a-f]{4}$/);
  expect(fileWord('a/b')).not.toBe(fileWord('a:b'));
  expect(fileWord('../<b>')).toMatch(/^-b--[0-9a-f]{4}$/);
  expect(fileWord('x'.repeat(300))).toHaveLength(65);
});
