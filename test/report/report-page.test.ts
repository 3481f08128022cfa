import { expect, test } from 'bun:test';
import { JSDOM } from 'jsdom';
import sharp from 'sharp';
import { GROUP_NAMES, LABELS } from '../../src/data/labels';
import { metrics } from '../../src/evaluation/metrics';
import { classReductionHtml, classReductionSvg } from '../../src/report/class-reduction';
import { reportPage } from '../../src/report/report-page';
import { labelBoxes } from './label-boxes';

test('the class reduction names all labels and groups, in the picture and in the table', () => {
  const words = labelBoxes(classReductionSvg());
  const { document } = new JSDOM(classReductionHtml()).window;
  expect(document.querySelectorAll('tbody tr')).toHaveLength(GROUP_NAMES.length);
  for (const { name, ignoreInEvaluation } of LABELS) {
    const shown = ignoreInEvaluation ? `${name}*` : name;
    expect(words.map(({ label }) => label)).toContain(shown);
    expect(document.body.textContent).toContain(shown);
  }
  for (const { label, right } of words) expect([label, right < 860]).toEqual([label, true]);
});

test('the page needs no other file and cannot be broken by what it shows', async () => {
  const png = await sharp({ create: { width: 6, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const counts = Float64Array.from({ length: 64 }, (_, cell) => (cell % 9 === 0 ? 3 : 1));
  const page = reportPage({
    title: 'Base <against> pre-trained',
    description: '',
    setting: 'CamVid',
    scores: [{ model: 'A & B', metrics: [metrics({ convention: 'groups-8', classes: GROUP_NAMES, counts })] }],
    figures: [{ alternative: 'A "figure"', caption: 'Caption', png }],
    panels: [],
    runs: [{ label: 'Base', folder: 'results/base', configuration: 'name: </pre><script>' }],
  });
  const { document } = new JSDOM(page).window;
  expect(document.querySelector('h1')?.textContent).toBe('Base <against> pre-trained');
  expect(document.querySelector('tbody th')?.textContent).toBe('A & B');
  // 8 of 80 pixels a row and column: 3 right of 10 + 10 - 3, accuracy 3/10.
  expect([...document.querySelectorAll('tbody tr')][0].textContent).toBe('A & Bgroups-80.3000.3000.176');
  const image = document.querySelector('img');
  expect([image?.alt, image?.width, image?.height]).toEqual(['A "figure"', 6, 4]);
  expect(document.querySelectorAll('script')).toHaveLength(0);
  for (const [, target] of page.matchAll(/(?:src|href)="?([^">]*)/g)) expect(target).toStartWith('data:');
  for (const [, target] of page.matchAll(/url\(([^)]*)\)/g)) expect(target).toStartWith('data:');
});
