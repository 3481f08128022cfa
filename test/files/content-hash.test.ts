import { afterEach, beforeEach, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { RunError } from '../../src/errors';
import { contentHash, contentHashes } from '../../src/files/content-hash';

let folder: string;
let file: string;
let log: string;
/** Remembers at once, also what was written this very moment. */
let options: { cacheFolder: string; settled: number };
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'content-hash-'));
  file = path.join(folder, 'mask.png');
  options = { cacheFolder: path.join(folder, 'cache'), settled: -1e4 };
  log = path.join(options.cacheFolder, 'content-hashes');
  writeFileSync(file, 'road');
});
afterEach(() => rmSync(folder, { recursive: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const lines = () =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
/** Writes the log's only line again with another hash, under the checksum given or the right one. */
const forge = (hash: string, sum?: string) => {
  const text = lines()[0]
    .slice(9)
    .replace(/[0-9a-f]{64}/, hash);
  const right = crc32(text).toString(16).padStart(8, '0');
  rmSync(log);
  writeFileSync(log, `${sum ?? right} ${text}\n\n\n`);
};

test('is the SHA-256 of the content, for one file and for many in their order', async () => {
  const others = Array.from({ length: 40 }, (_, index) => path.join(folder, `${index}`));
  others.forEach((other, index) => {
    writeFileSync(other, `scene ${index}`);
  });
  expect(await contentHash(file, options)).toBe(sha256('road'));
  expect(await contentHashes(others, options)).toEqual(others.map((_, index) => sha256(`scene ${index}`)));
  expect(lines()).toHaveLength(41);
});

test('a second look does not read the file: it says what the cache says', async () => {
  await contentHash(file, options);
  forge('f'.repeat(64));
  expect(await contentHash(file, options)).toBe('f'.repeat(64));
});

test('an edit of equal size is seen, also where the modification time is kept', async () => {
  await contentHash(file, options);
  const { atime, mtime } = statSync(file);
  writeFileSync(file, 'wall');
  utimesSync(file, atime, mtime);
  expect(await contentHash(file, options)).toBe(sha256('wall'));
});

test('a file put in the place of another of the same size and time is seen', async () => {
  await contentHash(file, options);
  const other = path.join(folder, 'other.png');
  writeFileSync(other, 'wall');
  execFileSync('touch', ['-r', file, other]);
  execFileSync('mv', [other, file]);
  expect(await contentHash(file, options)).toBe(sha256('wall'));
});

test('what has just been written is not remembered: it may change again within the same tick of the clock', async () => {
  const fresh = { cacheFolder: options.cacheFolder };
  expect(await contentHash(file, fresh)).toBe(sha256('road'));
  expect(() => statSync(log)).toThrow();
  // Once left alone for long enough, it is; and then the cache is used by all.
  await contentHash(file, options);
  forge('e'.repeat(64));
  expect(await contentHash(file, fresh)).toBe('e'.repeat(64));
});

test('a damaged cache means reading again: a wrong checksum, a line cut short, something else', async () => {
  await contentHash(file, options);
  forge('f'.repeat(64), '00000000');
  expect(await contentHash(file, options)).toBe(sha256('road'));

  rmSync(options.cacheFolder, { recursive: true });
  await contentHash(file, options);
  truncateSync(log, 40);
  expect(await contentHash(file, options)).toBe(sha256('road'));
  expect(lines()).toHaveLength(2); // what was cut short does not spoil the line after it

  mkdirSync(options.cacheFolder, { recursive: true });
  writeFileSync(log, Buffer.from([0, 255, 10, 254, 10, 91]));
  expect(await contentHash(file, options)).toBe(sha256('road'));
});

test('what other processes append meanwhile is taken in', async () => {
  const module = path.resolve(import.meta.dir, '../../src/files/content-hash.ts');
  const program = `import { contentHash } from ${JSON.stringify(module)};
    await contentHash(${JSON.stringify(file)}, ${JSON.stringify(options)});`;
  const other = path.join(folder, 'other');
  writeFileSync(other, 'sky');
  await contentHash(other, options);
  execFileSync(process.execPath, ['-e', program]);
  expect(lines()).toHaveLength(2);
  await contentHash(file, options);
  expect(lines()).toHaveLength(2);
});

test('without a place for the cache the hash is right all the same', async () => {
  const blocked = path.join(folder, 'blocked');
  writeFileSync(blocked, '');
  expect(await contentHash(file, { ...options, cacheFolder: blocked })).toBe(sha256('road'));
});

test('a file that is not there is named', async () => {
  const attempt = contentHashes([file, path.join(folder, 'gone')], options);
  await expect(attempt).rejects.toThrow(RunError);
  await expect(attempt).rejects.toThrow(/gone: cannot be read \(ENOENT\)/);
});

test('a file that does not stop changing is refused', async () => {
  writeFileSync(file, Buffer.alloc(2 ** 25));
  let seconds = 1;
  const touching = setInterval(() => utimesSync(file, 0, seconds++), 0);
  try {
    const attempt = contentHash(file, options);
    await expect(attempt).rejects.toThrow(/mask\.png: changes while it is read/);
  } finally {
    clearInterval(touching);
  }
});
