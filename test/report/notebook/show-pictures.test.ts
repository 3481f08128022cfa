import { expect, test } from 'bun:test';
import sharp from 'sharp';
import { picturesHtml } from '../../../src/report/notebook/show-pictures';

test('pictures are a table: each with its alternative text, titles and notes as text, escaped', async () => {
  const image = { width: 2, height: 1, pixels: new Uint8Array([255, 0, 0, 0, 0, 255]) };
  const pictures = await picturesHtml({
    description: 'Two',
    columns: [{ title: 'Input' }, { title: 'A & B', subtitle: 'Prediction' }],
    rows: [{ title: 'scene <1>', cells: [{ image }, { image, note: '93% right' }] }],
    legends: [[{ label: 'road', color: 'rgb(1, 2, 3)' }]],
    cellWidth: 8,
  });
  const html = String(pictures);
  expect([...html.matchAll(/alt="([^"]*)"/g)].map(([, alt]) => alt)).toEqual([
    'Input: scene &lt;1&gt;',
    'A &amp; B, Prediction: scene &lt;1&gt;, 93% right',
  ]);
  // A whole number of pixels for each of the picture's.
  expect(html).toContain('<img width="8" height="4"');
  expect(html).toContain('background:rgb(1, 2, 3)"></span> road');
});

test('a large picture is shown and carried smaller; what it is called may be said of itself', async () => {
  const image = { width: 400, height: 200, pixels: new Uint8Array(400 * 200 * 3) };
  const cells = [{ image, alternative: 'Saved, channel 0', note: '0 to 1' }];
  const grid = { description: 'One', columns: [{ title: '' }], rows: [{ title: '', cells }], legends: [] };
  const html = String(await picturesHtml({ ...grid, cellWidth: 50, shrink: true }));
  expect(html).toContain('<img width="50" height="25" alt="Saved, channel 0, 0 to 1"');
  const carried = Buffer.from(/base64,([^"]*)/.exec(html)![1], 'base64');
  const { width, height } = await sharp(carried).metadata();
  expect([width, height]).toEqual([100, 50]);
});
