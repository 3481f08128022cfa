import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { madeOnce } from '../../src/files/made-once';
import { failingDisk, onDisk, ROOT, run } from '../../stress/processes';
import { temporaryFolder } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('four processes that draw and prepare the same scenes at once make each of them once', async () => {
  const place = join(folder, 'shared');
  mkdirSync(place);
  const log = join(folder, 'renamed.log');
  writeFileSync(log, '');
  const env = onDisk(failingDisk(), { folder: place, log });
  const command = [process.execPath, join(ROOT, 'stress', 'prepare-process.ts'), place];
  const ended = await Promise.all(Array.from({ length: 4 }, () => run(command, { cwd: folder, env })));
  expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(new Set(ended.map(({ output }) => output)).size).toBe(1);
  const renamed = readFileSync(log, 'utf8').trimEnd().split('\n');
  const made = (ending: string) => renamed.filter((file) => file.endsWith(ending)).sort();
  expect(made('leftImg8bit.png')).toHaveLength(6);
  expect(made('.sample')).toHaveLength(6);
  expect(new Set(made('.sample')).size).toBe(6);
  const left = readdirSync(place, { recursive: true, encoding: 'utf8' });
  expect(left.filter((name) => /\.(new|claim)/.test(name))).toEqual([]);
}, 120_000);

test('the claim of a process that died over a file, here or long ago elsewhere, is taken over', async () => {
  const claims = { here: { host: hostname(), pid: 2 ** 22 }, elsewhere: { host: 'another-machine', pid: 1 } };
  for (const [name, { host, pid }] of Object.entries(claims)) {
    const file = join(folder, name);
    mkdirSync(`${file}.claim`);
    const owner = join(`${file}.claim`, 'owner.json');
    writeFileSync(owner, JSON.stringify({ host, process: { pid, started: '1' }, command: null }));
    if (name === 'elsewhere') utimesSync(owner, 1, 1);
    expect(
      await madeOnce(
        file,
        () => undefined,
        async () => name,
      ),
    ).toBe(name);
  }
  expect(readdirSync(folder).filter((name) => name.includes('claim'))).toEqual([]);
});
