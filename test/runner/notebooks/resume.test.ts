import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RunError } from '../../../src/errors';
import { takeFolder } from '../../../src/files/folder-lock';
import { hasFinished, runNotebooks } from '../../../src/runner/notebooks/notebook-jobs';
import { readRunRecord } from '../../../src/runner/runs/run-record';
import { TemporaryNotebooks } from '../temporary-notebooks';

const notebooks = new TemporaryNotebooks();
afterAll(() => notebooks.remove());

const note = (word: string) =>
  `require('fs').appendFileSync(${JSON.stringify(notebooks.path('ran.txt'))}, '${word} ');`;
const ran = () => readFileSync(notebooks.path('ran.txt'), 'utf8').trim();
const first = notebooks.write('first.ipynb', note('first'));
const second = notebooks.write(
  'second.ipynb',
  `${note('second')}\nif (!require('fs').existsSync(${JSON.stringify(notebooks.path('ready'))})) throw new Error('not ready');`,
);
const folder = notebooks.path('run');
const job = {
  name: 'run',
  folder,
  notebooks: [first, second],
  parameters: {},
  prepare: () => writeFileSync(path.join(folder, 'prepared.txt'), ''),
};

test('a run that failed goes on with the notebook that failed', async () => {
  expect(await runNotebooks([job]).catch((error) => error.message)).toContain('Error: not ready');
  expect(ran()).toBe('first second');
  expect(readRunRecord(folder)).toMatchObject({ state: 'failed', notebooks: [{ name: 'first.ipynb' }], attempts: 1 });

  writeFileSync(notebooks.path('ready'), '');
  const [{ skipped, record }] = await runNotebooks([job]);
  expect(ran()).toBe('first second second');
  expect({ skipped, record }).toMatchObject({ skipped: false, record: { state: 'finished', attempts: 2, total: 2 } });
  expect(record).toEqual(readRunRecord(folder)!);
  expect(readdirSync(folder).sort()).toEqual(['notebooks', 'prepared.txt', 'run.json']);
}, 240_000);

test('a finished run is skipped, whoever holds what else', async () => {
  const [{ skipped }] = await runNotebooks([job]);
  expect([skipped, ran()]).toEqual([true, 'first second second']);
}, 30_000);

test('a run that another process works on is refused, and left as it is', async () => {
  const lock = takeFolder(folder);
  const error = await runNotebooks([{ ...job, version: () => '2' }]).catch((reason) => reason);
  expect(error).toBeInstanceOf(RunError);
  expect(error.message).toContain(`is in use by process ${process.pid}`);
  lock.release();
  expect(readRunRecord(folder)).toMatchObject({ state: 'finished' });
}, 30_000);

test('fresh empties the folder and runs everything', async () => {
  writeFileSync(path.join(folder, 'left-over.txt'), '');
  // One notebook tells as much as two.
  const [{ record }] = await runNotebooks([{ ...job, notebooks: [first] }], { fresh: true });
  expect(ran()).toBe('first second second first');
  expect(readdirSync(path.join(folder, 'notebooks'))).toEqual(['first.ipynb']);
  expect(existsSync(path.join(folder, 'left-over.txt'))).toBe(false);
  expect(existsSync(path.join(folder, 'prepared.txt'))).toBe(true);
  expect(record.attempts).toBe(1);
}, 240_000);

test('results that cannot be written are named, and no kernel is started for them', async () => {
  const unwritable = { ...job, folder: path.join(notebooks.path('ready'), 'run') };
  expect(await runNotebooks([unwritable]).catch((error) => error.message)).toMatch(/cannot be written \(E\w+\)/);
}, 30_000);

describe('what went through before', () => {
  const place = notebooks.path('reading');
  const values: Record<string, number> = { data: 1, evaluation: 1 };
  const told: string[] = [];
  const log = notebooks.path('read.txt');
  const logged = (word: string) => `require('fs').appendFileSync(${JSON.stringify(log)}, '${word} ');`;
  const training = notebooks.write('training.ipynb', logged('training'));
  notebooks.reads(training, ['data']);
  const reading = {
    name: 'reading',
    folder: place,
    notebooks: [training, notebooks.write('evaluation.ipynb', logged('evaluation'))],
    parameters: {},
    version: (reads: readonly string[] = Object.keys(values)) => JSON.stringify(reads.map((each) => values[each])),
    prepare: ({ fresh }: { fresh: boolean }) => void told.push(fresh ? 'fresh' : 'not fresh'),
  };
  const logOf = () => readFileSync(log, 'utf8').trim().split(' ');

  test('runs again where what it reads has changed, and only there', async () => {
    await runNotebooks([reading]);
    expect(logOf()).toEqual(['training', 'evaluation']);
    values.evaluation = 2;
    await runNotebooks([reading]);
    expect(logOf()).toEqual(['training', 'evaluation', 'evaluation']);
    const [{ skipped }] = await runNotebooks([reading]);
    expect([skipped, told]).toEqual([true, ['not fresh', 'not fresh']]);
  }, 240_000);

  test('does not count where what it left no longer holds, and nothing starts where it cannot go on', async () => {
    expect(await hasFinished({ ...reading, isIntact: async () => true })).toBe(true);
    expect(await hasFinished({ ...reading, isIntact: async () => false })).toBe(false);
    const refused = { ...reading, isIntact: () => Promise.reject(new RunError('of other data', 'Use --fresh.')) };
    expect(await hasFinished(refused)).toBe(false);
    const first = { ...reading, name: 'first', folder: notebooks.path('first') };
    expect(await runNotebooks([first, refused]).catch((error) => error.message)).toContain('of other data');
    expect(existsSync(first.folder)).toBe(false);
  });
});
