import { afterAll, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillScratch } from '../../../src/runner/jupyter/scratch';
import { projectFolder, removeProjectFolders } from '../../experiment/project-folder';

afterAll(removeProjectFolders);

const notebook = (source: string, outputs: unknown[] = []) =>
  JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source, outputs, metadata: {} }] });
const sourceOf = (file: string) => JSON.parse(readFileSync(file, 'utf8')).cells[0].source;

test('copies follow their originals, run or not, until a person changes a cell', () => {
  const root = projectFolder({ 'notebooks/a.ipynb': notebook('1', ['old']), 'notebooks/b.ipynb': notebook('1') });
  const originals = ['notebooks/a.ipynb', 'notebooks/b.ipynb'];
  const [a, b] = ['a', 'b'].map((name) => path.join(root, 'scratch', `${name}.ipynb`));
  expect(fillScratch(originals, root)).toEqual([]);
  expect(JSON.parse(readFileSync(a, 'utf8')).cells[0].outputs).toEqual([]);

  writeFileSync(a, notebook('1', ['run by a person']));
  writeFileSync(b, notebook('mine'));
  expect(fillScratch(originals, root)).toEqual([]);
  expect(readFileSync(a, 'utf8')).toContain('run by a person');

  for (const original of originals) writeFileSync(path.join(root, original), notebook('2'));
  expect(fillScratch(originals, root)).toEqual(['scratch/b.ipynb']);
  expect([sourceOf(a), sourceOf(b)]).toEqual(['2', 'mine']);
});
