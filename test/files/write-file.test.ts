import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../src/errors';
import { removeFile, removeUnfinished, writeFile } from '../../src/files/write-file';
import { temporaryFolder } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('a file is replaced whole, folders above it are made, nothing is left beside it', () => {
  const file = join(folder, 'a', 'b', 'file.txt');
  writeFile(file, 'old');
  writeFile(file, new Uint8Array([110, 101, 119]));
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['file.txt']);
});

test('what cannot be written is named, with the way out, and nothing is left', () => {
  mkdirSync(join(folder, 'taken', 'by-a-folder'), { recursive: true });
  const attempt = () => writeFile(join(folder, 'taken'), 'text');
  expect(attempt).toThrow(RunError);
  expect(attempt).toThrow(/taken: cannot be written \(E\w+\)\n {2}→ make its folder writable/);
  expect(readdirSync(folder)).not.toContainEqual(expect.stringContaining('.new'));
});

test('a file or a folder is removed, one that is not there need not be; what cannot be is named', () => {
  writeFile(join(folder, 'made', 'file.txt'), '');
  removeFile(join(folder, 'made'));
  removeFile(join(folder, 'made'));
  expect(readdirSync(folder)).not.toContain('made');
  // Nobody may remove what the kernel shows of itself.
  const attempt = () => removeFile('/proc/version');
  expect(attempt).toThrow(RunError);
  expect(attempt).toThrow(/^\/proc\/version: cannot be removed \(EPERM\)\n {2}→ make its folder writable/);
});

test('what a process that is gone left half written is removed, that of a living one is not', () => {
  const place = join(folder, 'left');
  mkdirSync(place);
  // No process has the number 2 ** 22, the largest that Linux gives out.
  for (const name of [`x.${2 ** 22}-0a0b0c0d.new`, `x.${process.pid}-0a0b0c0d.new`, 'x', 'x.new'])
    writeFileSync(join(place, name), '');
  removeUnfinished(place);
  expect(readdirSync(place).sort()).toEqual(['x', `x.${process.pid}-0a0b0c0d.new`, 'x.new'].sort());
});
