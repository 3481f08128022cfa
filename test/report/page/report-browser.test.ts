import { afterAll, expect } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { writeReport } from '../../../src/report/page/report-page';
import { browserTest, closeBrowserAfterAll, openPage, type PageOptions } from '../../browser';
import { SAMPLE_REPORT } from './sample-report';

/** The report as a reader opens it from disk. ROADSEG_SCREENSHOTS=FOLDER keeps a picture of each section to look at. */

closeBrowserAfterAll();
const folder = mkdtempSync(path.join(tmpdir(), 'report-'));
afterAll(() => rmSync(folder, { recursive: true }));
let written: Promise<string> | undefined;

async function openReport(options: PageOptions) {
  written ??= writeReport(folder, SAMPLE_REPORT);
  return openPage(pathToFileURL(path.resolve(await written)).href, options);
}

/** Brings each figure into view, and waits until it is drawn. */
async function drawAll(page: Page): Promise<void> {
  for (const chart of await page.locator('.chart').all()) {
    await chart.scrollIntoViewIfNeeded();
    await chart.locator('.live[data-drawn]').waitFor();
  }
}

/** Takes a picture of every section; none is a single colour, or wider than the page. */
async function lookAtSections(page: Page, name: string): Promise<void> {
  const kept = process.env.ROADSEG_SCREENSHOTS;
  if (kept) mkdirSync(kept, { recursive: true });
  const sections = await page.locator('header, section').all();
  expect(sections).toHaveLength(1 + 9);
  for (const [index, section] of sections.entries()) {
    const picture = await section.screenshot(kept ? { path: path.join(kept, `${name}-${index}.png`) } : {});
    expect((await sharp(picture).greyscale().stats()).channels[0].stdev).toBeGreaterThan(5);
  }
  const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(excess).toBeLessThanOrEqual(0);
}

const colorOf = (place: Locator) => place.evaluate((element) => getComputedStyle(element).fill);
const INK = 'rgb(31, 36, 48)';
const LIGHT_INK = 'rgb(232, 234, 240)';

browserTest('from disk: figures become interactive, nothing is fetched, nothing is wrong', async () => {
  const { page, problems, requests } = await openReport({});
  await drawAll(page);
  await lookAtSections(page, 'light');
  const plot = page.locator('#figure-0-0 .live');
  expect(await colorOf(plot.locator('.xtitle'))).toBe(INK);
  await plot.locator('.nsewdrag').hover();
  await plot.locator('.hoverlayer text').first().waitFor();
  // In the middle is the second of three epochs, with the mean of 0.5 and 0.6.
  const hover = await plot.locator('.hoverlayer').textContent();
  expect(hover).toContain('Epoch 2');
  expect(hover).toContain('Base : 0.5500');
  // It turns dark with the system, without being opened again.
  await page.emulateMedia({ colorScheme: 'dark' });
  await plot.locator('xpath=self::*[@data-drawn="dark"]').waitFor();
  expect(await colorOf(plot.locator('.xtitle'))).toBe(LIGHT_INK);
  expect(problems).toEqual([]);
  expect(requests).toEqual([]);
});

browserTest('dark, and on a phone: every section shows, none is wider than the screen', async () => {
  const { page, problems } = await openReport({ colorScheme: 'dark', width: 390, height: 844 });
  await drawAll(page);
  await lookAtSections(page, 'dark-phone');
  expect(await colorOf(page.locator('#figure-0-0 .live .xtitle'))).toBe(LIGHT_INK);
  expect(problems).toEqual([]);
});

browserTest('the slider moves between truth and prediction by keyboard and by dragging', async () => {
  const { page } = await openReport({});
  const compare = page.locator('.compare').first();
  const [stack, slider] = [compare.locator('.stack'), compare.getByRole('slider', { name: /^Base, seed 1, street_1/ })];
  const shown = () => stack.evaluate((element) => getComputedStyle(element).getPropertyValue('--at'));
  expect(await shown()).toBe('50%');
  await slider.press('ArrowRight');
  expect(await shown()).toBe('51%');
  const { x, y, width, height } = (await stack.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 4, y + height / 2);
  await page.mouse.up();
  expect(Number.parseFloat(await shown())).toBeCloseTo(25, -0.5);
  // What is clipped away of the prediction is the part left of the handle.
  expect(
    await stack
      .locator('img')
      .nth(1)
      .evaluate((image) => getComputedStyle(image).clipPath),
  ).toMatch(/^inset\(0.*2[456]%\)$/);
});

browserTest('without scripts: the same figures as pictures, truth above prediction', async () => {
  const { page, problems } = await openReport({ javaScript: false, colorScheme: 'dark' });
  await lookAtSections(page, 'no-scripts');
  const still = page.locator('#figure-0-0 .still .wide svg');
  expect(await still.isVisible()).toBe(true);
  expect(await page.locator('#figure-0-0 .still .column svg').isVisible()).toBe(false);
  expect(await still.locator('text', { hasText: 'Pre-trained' }).isVisible()).toBe(true);
  expect(await page.getByRole('slider').count()).toBe(0);
  const [truth, prediction] = await Promise.all(
    [0, 1].map((n) => page.locator('.stack').first().locator('img').nth(n).boundingBox()),
  );
  expect(prediction!.y).toBeGreaterThanOrEqual(truth!.y + truth!.height);
  expect(problems).toEqual([]);
});
