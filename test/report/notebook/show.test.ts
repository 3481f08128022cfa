import { afterAll, expect, test } from 'bun:test';
import { WORKS_FOR_VARIABLE } from '../../../src/files/folder-lock';
import { NOTEBOOK_FOLDER_VARIABLE } from '../../../src/files/project-path';
import { showLink } from '../../../src/report/notebook/show';
import { shown } from '../../notebook-display';

const run = { path: (...parts: string[]) => ['results/report', ...parts].join('/') };
const set = (name: string, value: string | undefined) => {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
};
const before = [WORKS_FOR_VARIABLE, NOTEBOOK_FOLDER_VARIABLE].map((name) => [name, process.env[name]] as const);
afterAll(() => {
  for (const [name, value] of before) set(name, value);
});

test('a link leads from the folder of the notebook, or from where the runner saves what it executes', () => {
  set(WORKS_FOR_VARIABLE, undefined);
  set(NOTEBOOK_FOLDER_VARIABLE, `${process.cwd()}/scratch`);
  showLink(run, 'results/report/index.html', 'a & b');
  set(WORKS_FOR_VARIABLE, '1');
  showLink(run, 'results/report/index.html');
  expect(shown.slice(-2).map(({ data }) => data['text/html'])).toEqual([
    '<a href="../results/report/index.html" target="_blank">a &amp; b</a>',
    '<a href="../index.html" target="_blank">results/report/index.html</a>',
  ]);
  expect(shown.at(-1)?.data['text/plain']).toBe('results/report/index.html');
});
