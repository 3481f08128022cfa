import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finishedNotebooks, type RunRecord, readRunRecord, writeRunRecord } from '../../../src/runner/runs/run-record';

const notebook = (digest: string) => ({
  name: `${digest}.ipynb`,
  digest,
  seconds: 1,
  ended: '2024-05-01T10:00:00.000Z',
});
const record: RunRecord = {
  state: 'failed',
  notebooks: [notebook('a'), notebook('b')],
  total: 3,
  attempts: 1,
  started: '2024-05-01T10:00:00.000Z',
  resumed: '2024-05-01T12:00:00.000Z',
  ended: null,
  seconds: 7,
};

test('notebooks count as finished up to the first that is new or has changed', () => {
  expect(finishedNotebooks(undefined, ['a'])).toBe(0);
  expect(finishedNotebooks(record, ['a', 'b', 'c'])).toBe(2);
  expect(finishedNotebooks(record, ['a', 'B', 'c'])).toBe(1);
  expect(finishedNotebooks(record, ['A', 'b', 'c'])).toBe(0);
  expect(finishedNotebooks(record, ['a', 'b'])).toBe(2);
});

test('a record is read back as it was written; a damaged one is none', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'roadseg-record-'));
  expect(readRunRecord(folder)).toBeUndefined();
  writeRunRecord(folder, record);
  expect(readRunRecord(folder)).toEqual(record);
  writeFileSync(path.join(folder, 'run.json'), '{"state": "fini');
  expect(readRunRecord(folder)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
