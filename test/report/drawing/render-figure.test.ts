import { expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { metrics } from '../../../src/evaluation/metrics';
import { GROUP_NAMES } from '../../../src/labels';
import {
  renderHtml,
  renderInlineSvg,
  renderPng,
  renderSvg,
  writeFigure,
} from '../../../src/report/drawing/render-figure';
import { confusionMatrixFigure } from '../../../src/report/figures/confusion-matrix';
import type { Figure } from '../../../src/report/figures/figure';
import { groupIouFigure } from '../../../src/report/figures/group-iou';
import { validationLossFigure } from '../../../src/report/figures/validation-loss';
import { notebookFigureHtml } from '../../../src/report/notebook/notebook-figure';
import { labelBoxes } from './label-boxes';

const history = [0.9, 0.5, 0.6].map((validationLoss, index) => ({
  epoch: index + 1,
  learningRate: 0.001,
  trainingLoss: 0.4,
  validationLoss,
  validationAccuracy: 0.8,
  seconds: 1,
  best: index < 2,
}));
const matrix = {
  metric: 'groups-8',
  classes: GROUP_NAMES,
  counts: Float64Array.from({ length: 64 }, (_, cell) => (cell % 9 === 0 ? 20 : cell % 5)),
};
const models = ['Base', 'Pre-trained, ImageNet groups 1–3', 'Pre-trained, synthetic scenes', 'Pre-trained, frozen'].map(
  (label) => ({ label, pretrained: label !== 'Base', history, metrics: metrics(matrix) }),
);
const figures: Figure[] = [
  validationLossFigure(models.slice(0, 2)),
  validationLossFigure(models, { subtitle: 'CamVid at 64x64' }),
  groupIouFigure(models.slice(0, 2)),
  groupIouFigure(models),
  confusionMatrixFigure(matrix),
];

for (const [index, figure] of figures.entries()) {
  test(`${figure.name} (${index}): every word is drawn, inside the picture, and none on another`, async () => {
    const svg = await renderSvg(figure);
    expect(svg).not.toContain('<text');
    const boxes = labelBoxes(svg);
    const words = boxes.map(({ label }) => label);
    expect(words).toContain((figure.layout.title as { text: string }).text);
    for (const { name, showlegend } of figure.data)
      if (name && showlegend !== false && figure.layout.showlegend) expect(words).toContain(name);
    for (const { label, left, top, right, bottom } of boxes) {
      const inside = left >= 2 && top >= 2 && right <= figure.layout.width - 2 && bottom <= figure.layout.height - 2;
      expect([label, inside]).toEqual([label, true]);
    }
    const overlapping = boxes.flatMap((one, place) =>
      boxes
        .slice(place + 1)
        .filter((two) => one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom)
        .map((two) => `${one.label} / ${two.label}`),
    );
    expect(overlapping).toEqual([]);
  });
}

test('the PNG holds the curves in their colours at twice the size', async () => {
  const [figure] = figures;
  const { data, info } = await sharp(await renderPng(figure))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([figure.layout.width * 2, figure.layout.height * 2]);
  let pink = 0;
  let red = 0;
  for (let at = 0; at < data.length; at += info.channels) {
    if (data[at] === 0xff && data[at + 1] === 0x44 && data[at + 2] === 0xaa) pink += 1;
    if (data[at] === 0xd0 && data[at + 1] === 0 && data[at + 2] === 0) red += 1;
  }
  expect(pink).toBeGreaterThan(2000);
  expect(red).toBeGreaterThan(2000);
});

test('the cells of the confusion matrix are drawn, darkest on the diagonal', async () => {
  const figure = figures[4];
  const greys = await sharp(await renderPng(figure, { scale: 1 }))
    .greyscale()
    .raw()
    .toBuffer();
  const dark = greys.filter((grey) => grey < 165).length;
  expect(dark / greys.length).toBeGreaterThan(0.05); // eight of 64 cells, about two thirds of the picture
  // They are a picture in the picture; programs older than SVG 2 find it by the prefix.
  expect(await renderSvg(figure)).toContain(' xlink:href="data:image/svg+xml;base64,');
});

test('the same figure gives the same bytes', async () => {
  const first = await renderPng(figures[2]);
  await renderPng(figures[0]);
  expect((await renderPng(figures[2])).equals(first)).toBe(true);
});

test('a legend in the font of a page is not clipped at the width it has in ours', async () => {
  const scrollbox = /<g [^>]*class="scrollbox"[^>]*>/;
  expect(scrollbox.exec(await renderSvg(figures[0]))![0]).toContain('clip-path');
  expect(scrollbox.exec(String(await renderInlineSvg(figures[0], 'one')))![0]).not.toContain('clip-path');
});

test('files: PNG, SVG, a page that links one copy of Plotly and falls back to the PNG', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'figures-'));
  try {
    await writeFigure(folder, figures[0]);
    await writeFigure(folder, figures[2]);
    const files = ['group-iou-groups-8', 'validation-loss'].flatMap((name) =>
      ['html', 'png', 'svg', 'print/png', 'print/svg'].map((kind) => kind.replace(/(print\/)?(.*)/, `$1${name}.$2`)),
    );
    const written = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file !== 'print');
    expect(written.sort()).toEqual([...files, 'plotly.min.js'].sort());
    // For a column of a paper: 3.5 inches of 300 dots.
    const print = await sharp(path.join(folder, 'print', 'validation-loss.png')).metadata();
    expect([print.width, print.density]).toEqual([3.5 * 300, 300]);
    expect(readFileSync(path.join(folder, 'print', 'validation-loss.svg'), 'utf8')).toContain('width="3.5in"');
    const page = readFileSync(path.join(folder, 'validation-loss.html'), 'utf8');
    expect(page).toContain('<script src="plotly.min.js"></script>');
    expect(page).toMatch(/<noscript>.*<img src="validation-loss\.png"/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a label cannot break out of a page', async () => {
  const label = '</script><script>alert(1)</script>';
  const figure = validationLossFigure([{ label, pretrained: false, history }]);
  for (const page of [renderHtml(figure), notebookFigureHtml(figure, Buffer.from('png'))])
    expect(page).not.toContain('<script>alert');
});

test('classes and models are called as they are called: by tags, entities or numbers', async () => {
  const classes = ['<b>bold</b>', 'R&amp;D', '1'];
  const counts = Float64Array.from({ length: 9 }, () => 1);
  const own = { metric: 'classes-3', classes, counts };
  const bars = groupIouFigure([{ label: '<i>Base</i>', pretrained: false, metrics: metrics(own) }]);
  // IoU: 1 of 1 + 2 + 2.
  const words = async (figure: Figure) => {
    const svg = String(await renderInlineSvg(figure, 'figure'));
    return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  };
  const escaped = ['&lt;b&gt;bold&lt;/b&gt;', 'R&amp;amp;D', '1'];
  expect(await words(bars)).toEqual(expect.arrayContaining([...escaped, '&lt;i&gt;Base&lt;/i&gt;, mean 0.200']));
  // Each as a row and as a column.
  const drawn = await words(confusionMatrixFigure(own));
  for (const name of escaped) expect(drawn.filter((word) => word === name)).toHaveLength(2);
  for (const page of [renderHtml(bars), notebookFigureHtml(bars, Buffer.from('png'))])
    expect(page).toContain('"&lt;i>Base&lt;/i>, mean 0.200"');
});
