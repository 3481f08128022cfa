import { expect, test } from 'bun:test';
import { parseNotebook, readNotebook, toLines } from '../../../src/runner/notebooks/notebook';

test('a file that is not JSON is named', () => {
  expect(() => parseNotebook('<html>', 'a.ipynb')).toThrow(/^a\.ipynb is not JSON: /);
});

test('what is wrong with a notebook is named by its place', () => {
  const cells = [{ cell_type: 'code', metadata: {}, outputs: [] }];
  expect(() =>
    parseNotebook(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }), 'a.ipynb'),
  ).toThrow(/^a\.ipynb is not a notebook of format 4: cells\.0\.source: /);
});

test('a Python notebook is refused', () => {
  const metadata = { kernelspec: { name: 'python3', language: 'python' } };
  expect(() =>
    parseNotebook(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [] }), 'a.ipynb'),
  ).toThrow('a.ipynb is a python notebook (kernel "python3")');
});

test('a missing file is said to be missing', () => {
  expect(readNotebook('no-such.ipynb')).rejects.toThrow('no-such.ipynb cannot be read: there is no such file');
});

test('keys that the runner does not know are kept', () => {
  const metadata = { kernelspec: { name: 'tslab', language: 'typescript', x: 1 }, y: 2 };
  const cell = { cell_type: 'markdown', metadata: { z: 3 }, source: '#', attachments: { w: 4 } };
  const json = { nbformat: 4, nbformat_minor: 5, metadata, cells: [cell] };
  expect(parseNotebook(JSON.stringify(json), 'a.ipynb')).toEqual(json as never);
});

test('lines keep their ends', () => {
  expect(toLines('a\n\nb')).toEqual(['a\n', '\n', 'b']);
  expect(toLines('')).toEqual([]);
});
