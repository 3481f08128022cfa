import { afterAll, beforeAll, expect } from 'bun:test';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { preprocessInto } from '../../src/data/preprocessing';
import { GROUP_COLORS, GROUP_NAMES } from '../../src/labels';
import { type PageServer, servePage } from '../../src/publishing/page-server';
import { predictPicture } from '../../src/publishing/predict-picture';
import { renderScene } from '../../src/streets/render';
import { tf } from '../../src/tensorflow/tensorflow';
import { loadCheckpoint } from '../../src/training/checkpoint';
import { browserTest, closeBrowserAfterAll, openPage, type PageOptions, type WatchedPage } from '../browser';
import { temporaryFolder } from '../data/fixtures';
import { tinyDescription } from '../model/tiny-model';
import { EAGER } from '../tensorflow/execution';
import { noise, writeTinyRun, writeWindows } from './tiny-run';

closeBrowserAfterAll();
const { folder, remove } = temporaryFolder();
const [width, height] = [192, 96];
let server: PageServer;
/** A street, as a PNG. */
let street: Buffer;
let pixels: Uint8Array;

beforeAll(async () => {
  await writeTinyRun(folder);
  writeWindows(folder, 0.75);
  server = await servePage(folder, { port: 0 });
  pixels = (await renderScene({ seed: 1, split: 'test', index: 0, width, height })).image;
  street = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
});
afterAll(async () => {
  await server.close();
  remove();
});

/** The page with its model ready, on WebAssembly. */
async function readyPage(options: PageOptions = {}): Promise<WatchedPage> {
  const opened = await openPage(undefined, options);
  await opened.page.addInitScript(`
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
  `);
  await opened.page.goto(`${server.url}?backend=wasm`);
  await says(opened.page, /^Ready/);
  return opened;
}

let desk: Promise<WatchedPage> | undefined;
/** A page that the tests have in common: each brings its own photo. */
function deskPage(): Promise<WatchedPage> {
  desk ??= readyPage();
  return desk;
}

async function says(page: Page, text: RegExp): Promise<void> {
  await page.locator('#status').filter({ hasText: text }).waitFor({ timeout: 30_000 });
}

/** What the page says of a photo when it is done. */
const areasOf = (name: string) => new RegExp(`^${name}: \\w+ \\d+\\.\\d\\s%`);

/** Runs JavaScript in the page. */
function inPage<T>(page: Page, script: string): Promise<T> {
  return page.evaluate(script) as Promise<T>;
}

/** Lets go of a file over the page, as a person does with one from the desktop. */
async function dropFile(page: Page, content: Buffer, name: string): Promise<void> {
  await page.evaluate(`
    const bytes = Uint8Array.from(atob('${content.toString('base64')}'), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], '${name}'));
    document.getElementById('drop').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  `);
}

/** The group of each pixel, by its colour in the overlay; -1 where there is none. */
function overlayGroups(page: Page): Promise<number[]> {
  const groups = GROUP_NAMES.map((name, group) => [[...GROUP_COLORS[name], 255].join(), group]);
  return inPage(
    page,
    `(() => {
      const { width, height } = document.getElementById('mask');
      const { data } = document.getElementById('mask').getContext('2d').getImageData(0, 0, width, height);
      const groupOf = new Map(${JSON.stringify(groups)});
      return Array.from({ length: width * height }, (_, pixel) => groupOf.get(data.slice(pixel * 4, pixel * 4 + 4).join()) ?? -1);
    })()`,
  );
}

const areas = async (page: Page) =>
  (await page.locator('#areas .number').allTextContents()).map((text) => Number.parseFloat(text));

browserTest('a dropped photo is segmented as the command line does, and nothing leaves the page', async () => {
  const { page, problems, requests } = await deskPage();
  const loaded = requests.length;
  await dropFile(page, street, 'street.png');
  await says(page, areasOf('street.png'));

  const expected = await predictPicture({ width, height, pixels }, folder, { execution: EAGER });
  const found = await overlayGroups(page);
  expect(found).toHaveLength(width * height);
  // The input is the same bit for bit; WebAssembly adds in another order than TensorFlow.
  const same = found.filter((group, pixel) => group === expected.groups[pixel]).length;
  expect(new Set(expected.groups).size).toBeGreaterThan(2);
  expect(same / found.length).toBeGreaterThan(0.999);

  const shown = await areas(page);
  shown.forEach((percent, group) => {
    expect(percent).toBeCloseTo((100 * found.filter((one) => one === group).length) / found.length, 0);
  });
  // Eight numbers, each rounded to a tenth.
  expect(Math.abs(shown.reduce((sum, percent) => sum + percent) - 100)).toBeLessThanOrEqual(0.4);
  // Of 72 pixels, 36 of them in common at least: five in a row (0, 30, 60, 90, 120), two rows (0, 24).
  expect(await page.textContent('#timing')).toMatch(
    /^192 × 96 pixels in .* m?s: 10 windows, model .* m?s, WebAssembly/,
  );

  expect(requests.length).toBe(loaded);
  expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
  expect(await inPage<string[]>(page, 'violations')).toEqual([]);
  expect(problems).toEqual([]);
});

browserTest('stock TensorFlow.js, on WebAssembly, says of the exported model what TensorFlow says', async () => {
  const { page } = await deskPage();
  const { size } = tinyDescription;
  const image = noise(size, size).pixels;
  const logits = await inPage<{ backend: string; values: number[] }>(
    page,
    `(async () => {
    const model = await tf.loadLayersModel('/model/model.json');
    const input = tf.tensor([${image.join()}], [1, ${size}, ${size}, 3]);
    return { backend: tf.getBackend(), values: [...(await model.predict(input).data())] };
  })()`,
  );
  expect(logits.backend).toBe('wasm');
  const input = new Float32Array(image.length);
  preprocessInto(input, 0, image, tinyDescription.preprocessing);
  const { model } = loadCheckpoint(folder);
  const own = tf.tidy(() => Array.from((model.predict(tf.tensor(input, [1, size, size, 3])) as tf.Tensor).dataSync()));
  model.dispose();
  const largest = Math.max(...own.map(Math.abs));
  expect(logits.values).toHaveLength(own.length);
  for (let index = 0; index < own.length; index += 1)
    expect(Math.abs(logits.values[index] - own[index])).toBeLessThan(1e-4 * largest);
});

browserTest(
  'of photos dropped one after the other the last is shown, however long the first takes to read',
  async () => {
    const { page } = await deskPage();
    // The first is read when it is told to.
    await page.evaluate(`
    const read = createImageBitmap;
    window.createImageBitmap = async (file) => {
      if (file.name === 'slow.png') await new Promise((resolve) => { window.readSlow = resolve; });
      return read(file);
    };
  `);
    await dropFile(page, street, 'slow.png');
    await dropFile(page, street, 'last.png');
    await says(page, areasOf('last.png'));
    await page.evaluate('readSlow(); new Promise((resolve) => setTimeout(resolve, 500))');
    await says(page, areasOf('last.png'));
  },
);

browserTest('by keyboard, at the width of a phone, in the dark', async () => {
  const { page, problems } = await readyPage({ width: 360, height: 740, colorScheme: 'dark' });
  const focused = () => inPage<string>(page, 'document.activeElement.id');
  // Waited for from here on: the browser is told to hand choosers over, and has to know before Enter opens one.
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('file');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') });
  await says(page, /^notes\.txt is no picture that this browser can read\.$/);

  await page.keyboard.press('Tab');
  expect(await focused()).toBe('sample');
  await page.keyboard.press('Enter');
  await says(page, areasOf('A generated street'));
  for (const id of ['opacity', 'backend', 'save']) {
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(id);
  }
  expect(await inPage<boolean>(page, 'document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(await inPage<string>(page, 'getComputedStyle(document.body).backgroundColor')).toBe('rgb(21, 24, 28)');
  expect(problems).toEqual([]);
});

browserTest('the overlay fades with the slider, and each group goes with its box', async () => {
  const { page } = await deskPage();
  await page.setInputFiles('#file', { name: 'street.png', mimeType: 'image/png', buffer: street });
  await says(page, areasOf('street.png'));
  await page.locator('#opacity').fill('25');
  expect(await inPage<string>(page, `getComputedStyle(document.getElementById('mask')).opacity`)).toBe('0.25');

  const groups = await overlayGroups(page);
  const present = GROUP_NAMES.findIndex((_, group) => groups.includes(group));
  await page.getByRole('checkbox', { name: GROUP_NAMES[present] }).uncheck();
  expect(await overlayGroups(page)).toEqual(groups.map((group) => (group === present ? -1 : group)));

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save' }).click();
  const file = join(folder, 'saved.png');
  await (await download).saveAs(file);
  expect((await download).suggestedFilename()).toBe('street-classes.png');
  const saved = await sharp(file).removeAlpha().raw().toBuffer();
  const pixel = groups.findIndex((group) => group !== present);
  const color = GROUP_COLORS[GROUP_NAMES[groups[pixel]]];
  color.forEach((value, channel) => {
    // A canvas rounds once for the overlay and once for the whole.
    expect(Math.abs(saved[pixel * 3 + channel] - (0.75 * pixels[pixel * 3 + channel] + 0.25 * value))).toBeLessThan(3);
  });
});

browserTest('the policy holds: a script could not send a photo away', async () => {
  const { page } = await deskPage();
  const outcome = await inPage<string>(
    page,
    `fetch('http://127.0.0.1:9/', { method: 'POST', body: 'photo' }).then(() => 'sent', () => 'kept')`,
  );
  expect(outcome).toBe('kept');
  expect(await inPage<string[]>(page, 'violations')).toEqual(['connect-src']);
});
