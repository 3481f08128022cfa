import { afterAll, expect, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { HtmlExport } from '../../../src/runner/notebooks/html-export';
import { TemporaryNotebooks } from '../temporary-notebooks';

const notebooks = new TemporaryNotebooks();
afterAll(() => notebooks.remove());

test('each notebook becomes a page; one that cannot is told of and keeps no other from it', async () => {
  const files = [
    notebooks.write('first.ipynb', "'one'"),
    notebooks.path('broken.ipynb'),
    notebooks.write('last.ipynb', "'two'"),
  ];
  writeFileSync(files[1], 'no notebook');
  const pages = new HtmlExport();
  pages.start(files.slice(0, 1));
  pages.start(files.slice(1));
  expect(files.map((file) => pages.has(file))).toEqual([true, true, true]);
  const problems = await pages.finish();
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`could not write HTML of ${files[1]}: `);
  const first = readFileSync(notebooks.path('first.html'), 'utf8');
  expect(first).toContain('one');
  // Code in Markdown, such as a function's source, has the font of code.
  expect(/\.jp-RenderedMarkdown \.highlight pre[^}]*font-family: var\(--jp-code-font-family\)/.test(first)).toBe(true);
  expect(readFileSync(notebooks.path('last.html'), 'utf8')).toContain('two');
  expect(existsSync(notebooks.path('broken.html'))).toBe(false);
}, 60_000);
