import { expect, test } from 'bun:test';
import { picturesHtml } from '../../../src/report/notebook/show-pictures';

test('pictures are a table: each with its alternative text, titles and notes as text, escaped', async () => {
  const image = { width: 2, height: 1, pixels: new Uint8Array([255, 0, 0, 0, 0, 255]) };
  const html = await picturesHtml({
    description: 'Two',
    columns: [{ title: 'Input' }, { title: 'A & B', subtitle: 'Prediction' }],
    rows: [{ title: 'scene <1>', cells: [{ image }, { image, note: '93% right' }] }],
    legends: [[{ label: 'road', color: 'rgb(1, 2, 3)' }]],
    cellWidth: 8,
  });
  expect([...html.matchAll(/alt="([^"]*)"/g)].map(([, alt]) => alt)).toEqual([
    'Input: scene &lt;1&gt;',
    'A &amp; B, Prediction: scene &lt;1&gt;, 93% right',
  ]);
  // A whole number of pixels for each of the picture's.
  expect(html).toContain('<img width="8" height="4"');
  expect(html).toContain('background:rgb(1, 2, 3)"></span> road');
});
