import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { readPicture } from '../../src/data/picture';
import { ConfigurationError, DataError, ModelError } from '../../src/errors';
import { loadExperiment } from '../../src/experiment/load';
import { readTensorFlowJsWeights } from '../../src/model/weights/tensorflow-js';
import { runNotebooks } from '../../src/runner/notebooks/notebook-jobs';
import { temporaryFolder } from '../data/fixtures';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

const { folder, remove } = temporaryFolder();
afterAll(() => {
  remove();
  removeProjectFolders();
});

describe('an experiment', () => {
  const base = 'notebooks: [notebooks/a.ipynb]\n';

  test.each([
    ['folder: .', 'results cannot go to the project folder'],
    ['folder: src', 'results cannot go to src: inside the project they go below results/'],
    ['folder: results', 'results cannot go to results'],
    ['folder: results/../.git', 'results cannot go to .git'],
    ['folder: ..', 'results cannot go to /'],
    ['folder: /', 'results cannot go to /'],
    ['extends: ../../secret.yaml', '../../secret.yaml leads out of the project'],
  ])('with %p is refused at that line', (line, message) => {
    const root = projectFolder({ 'experiments/a.yaml': `${base}${line}\n` });
    const load = () => loadExperiment('experiments/a.yaml', { root });
    expect(load).toThrow(ConfigurationError);
    expect(load).toThrow(`experiments/a.yaml:2:1: ${line.split(':')[0]}: ${message}`);
  });

  test.each(['../a.ipynb', '/tmp/a.ipynb', 'notebooks/../../a.ipynb'])('notebook %p is refused', (notebook) => {
    const root = projectFolder({ 'experiments/a.yaml': `notebooks: [${notebook}]\n` });
    expect(() => loadExperiment('experiments/a.yaml', { root })).toThrow('a path inside the project');
  });

  test('may keep its results on another disk', () => {
    const root = projectFolder({ 'experiments/a.yaml': `${base}folder: ${folder}/elsewhere\n` });
    expect(loadExperiment('experiments/a.yaml', { root }).folder).toBe(`${folder}/elsewhere`);
  });
});

test('--fresh empties run folders only', async () => {
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'thesis.tex'), '');
  const job = { name: 'x', folder: home, notebooks: [], parameters: {} };
  const message = await runNotebooks([job], { fresh: true }).catch((error: Error) => error.message);
  expect(message).toContain('home holds thesis.tex and no experiment.yaml, so it is not emptied');
  expect(existsSync(join(home, 'thesis.tex'))).toBe(true);
});

describe('a weights manifest', () => {
  writeFileSync(join(folder, 'secret.bin'), Buffer.alloc(8));
  const place = join(folder, 'weights');
  mkdirSync(place);
  symlinkSync(join(folder, 'secret.bin'), join(place, 'link.bin'));
  mkdirSync(join(place, 'folder.bin'));
  const read = (...paths: unknown[]) => {
    const file = join(place, 'weights_manifest.json');
    writeFileSync(file, JSON.stringify([{ paths, weights: [{ name: 'a/b', shape: [2], dtype: 'float32' }] }]));
    return () => readTensorFlowJsWeights(file);
  };

  test.each(['../secret.bin', '/etc/hostname', 'link.bin', '.', '..'])('cannot lead to %p', (path) => {
    expect(read(path)).toThrow(ModelError);
    expect(read(path)).toThrow(`weights_manifest.json: names the shard ${path} outside its own folder`);
  });

  test('with a shard that is a folder, a number, or there twice', () => {
    expect(read('folder.bin')).toThrow(/folder.bin: cannot be read \(EISDIR\)/);
    expect(read(7)).toThrow('0.paths.0');
    expect(read('a', 'a')).toThrow('names a file twice');
  });
});

describe('a picture', () => {
  test('that is a drawing in disguise, and could name other files, is refused', async () => {
    const file = join(folder, 'drawing.png');
    writeFileSync(
      file,
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="secret.png"/></svg>',
    );
    const reading = readPicture(file);
    expect(reading).rejects.toBeInstanceOf(DataError);
    expect(reading).rejects.toThrow(/drawing.png: cannot be read as a picture \(it is svg, expected png/);
    await reading.catch(() => undefined);
  });

  test('of more pixels than any street is refused before it is decoded', async () => {
    const file = join(folder, 'bomb.png');
    // A picture of 8x8 whose header says 10,000x10,000; its checksum is over name and content of the header.
    const black = { create: { width: 8, height: 8, channels: 3 as const, background: 'black' } };
    const bytes = await sharp(black).png().toBuffer();
    bytes.writeUInt32BE(10_000, 16);
    bytes.writeUInt32BE(10_000, 20);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    writeFileSync(file, bytes);
    const before = process.memoryUsage().rss;
    const reading = readPicture(file);
    expect(reading).rejects.toThrow(
      /bomb.png: is 10000x10000 \(100 megapixels\), and pictures of at most 64 megapixels are read\n.*cut it into/,
    );
    await reading.catch(() => undefined);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });
});
