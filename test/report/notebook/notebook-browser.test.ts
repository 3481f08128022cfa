import { afterAll, expect } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderPng } from '../../../src/report/drawing/render-figure';
import { svgDocument, svgText } from '../../../src/report/drawing/svg-drawing';
import { notebookFigureHtml, notebookPlotlyHtml, showDrawing } from '../../../src/report/notebook/notebook-figure';
import { browserTest, closeBrowserAfterAll, openPage } from '../../browser';
import { shown } from '../../notebook-display';
import { SAMPLE_FIGURES } from '../page/sample-report';

closeBrowserAfterAll();
const folder = mkdtempSync(path.join(tmpdir(), 'notebook-'));
afterAll(() => rmSync(folder, { recursive: true }));

browserTest(
  "a notebook's figure is interactive once its first cell has run, and a picture where none has",
  async () => {
    const { curves } = SAMPLE_FIGURES;
    const html = notebookFigureHtml(curves, await renderPng(curves, { scale: 1 }));
    const open = (name: string, body: string) => {
      const file = path.join(folder, name);
      writeFileSync(file, `<!doctype html><meta charset="utf-8"><body style="width:600px">${body}`);
      return openPage(pathToFileURL(file).href);
    };
    // The figure may be rendered before the cell that brings Plotly.
    const { page, problems, requests } = await open('run.html', `${html}${notebookPlotlyHtml()}`);
    const plot = page.locator('[data-figure].js-plotly-plot');
    await plot.locator('.scatterlayer .trace').first().waitFor();
    expect(await plot.locator('img').count()).toBe(0);
    // It is as wide as its cell, not as wide as the picture.
    expect((await plot.locator('svg.main-svg').first().boundingBox())!.width).toBe(600);
    expect([problems, requests]).toEqual([[], []]);

    // In a dark theme the figure has the colours for it, also where the theme changes while it is shown.
    const titleColor = () => plot.locator('.gtitle').evaluate((title) => getComputedStyle(title).fill);
    expect(await titleColor()).toBe('rgb(31, 36, 48)');
    await page.evaluate('document.body.dataset.jpThemeLight = "false"');
    await page.locator('[data-drawn=dark]').waitFor();
    expect(await titleColor()).toBe('rgb(232, 234, 240)');
    expect(await page.getByRole('img', { name: /^Validation loss after each epoch/ }).count()).toBe(1);

    const alone = await open('alone.html', html);
    expect(await alone.page.getByRole('img', { name: /^Validation loss after each epoch/ }).isVisible()).toBe(true);
    expect(alone.problems).toEqual([]);
  },
  180_000,
);

browserTest("a drawing has the colours of the reader's theme, and a name", async () => {
  const drawing = svgDocument(200, 50, 'A "network"', [svgText('Bottom', 10, 30)]);
  await showDrawing(drawing, path.join(folder, 'network.png'));
  const file = path.join(folder, 'drawing.html');
  writeFileSync(file, `<!doctype html><meta charset="utf-8"><body>${shown.at(-1)!.data['text/html']}`);
  const { page } = await openPage(pathToFileURL(file).href);
  const color = () => page.locator('svg path').evaluate((word) => getComputedStyle(word).fill);
  expect(await color()).toBe('rgb(31, 36, 48)');
  await page.evaluate('document.body.dataset.jpThemeLight = "false"');
  expect(await color()).toBe('rgb(232, 234, 240)');
  // White paper would hide light words.
  expect(await page.locator('svg rect').evaluate((paper) => getComputedStyle(paper).fill)).toBe('none');
  expect(await page.getByRole('img', { name: 'A "network"' }).isVisible()).toBe(true);
});
