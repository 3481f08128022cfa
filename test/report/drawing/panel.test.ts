import { expect, test } from 'bun:test';
import sharp from 'sharp';
import { classSet } from '../../../src/data/classes';
import { GROUP_COLORS, GROUP_NAMES } from '../../../src/labels';
import { renderImageGrid } from '../../../src/report/drawing/image-grid';
import { classLegend, errorLegend, exampleGrid, panelGrid } from '../../../src/report/drawing/panel';
import {
  errorMask,
  errorMaskImage,
  imagePng,
  labelMaskImage,
  NOT_EVALUATED,
  NOT_EVALUATED_COLOR,
  RIGHT,
  rightShare,
  WRONG,
  WRONG_COLOR,
} from '../../../src/report/drawing/rgb-image';
import { picturesHtml } from '../../../src/report/notebook/show-pictures';
import { pictureHtml } from '../../../src/report/page/scenes-section';

const { classes } = classSet('groups-8');
const [VOID, FLAT, SKY] = ['void', 'flat', 'sky'].map((group) => GROUP_NAMES.indexOf(group as 'sky'));

// Truth: sky sky    Prediction: sky flat
//        flat void              flat flat
const truth = [SKY, SKY, FLAT, VOID];
const prediction = [SKY, FLAT, FLAT, FLAT];

test('the error mask of a 2x2 scene: void is left out, or evaluated as under groups-8', () => {
  expect([...errorMask(truth, prediction, { leftOut: VOID })]).toEqual([RIGHT, WRONG, RIGHT, NOT_EVALUATED]);
  expect([...errorMask(truth, prediction)]).toEqual([RIGHT, WRONG, RIGHT, WRONG]);
  expect(rightShare(errorMask(truth, prediction, { leftOut: VOID }))).toBeCloseTo(2 / 3);
  expect(rightShare(errorMask(truth, prediction))).toBe(0.5);
  expect(rightShare(errorMask([VOID], [FLAT], { leftOut: VOID }))).toBeNaN();
  expect(() => errorMask([SKY], [])).toThrow('1 true pixels against 0');
});

test('right pixels keep half their brightness, wrong ones are red', () => {
  const image = { width: 3, height: 1, pixels: Uint8Array.from([200, 200, 200, 9, 9, 9, 9, 9, 9]) };
  const { pixels } = errorMaskImage(Uint8Array.from([RIGHT, WRONG, NOT_EVALUATED]), image);
  expect([...pixels]).toEqual([100, 100, 100, ...WRONG_COLOR, ...NOT_EVALUATED_COLOR]);
});

test('a mask is drawn in its classes’ colours; an index that is no class is refused', () => {
  expect([...labelMaskImage([SKY, FLAT], { width: 2, height: 1 }, classes).pixels]).toEqual([
    ...GROUP_COLORS.sky,
    ...GROUP_COLORS.flat,
  ]);
  expect(() => labelMaskImage([8], { width: 1, height: 1 }, classes)).toThrow('no class has the index 8');
  expect(() => labelMaskImage([1], { width: 2, height: 1 }, classes)).toThrow('expected 2x1');
});

test('what is ignored looks like no class: black, or light grey where a class is black', () => {
  const drawn = (set: typeof classes) => [...labelMaskImage([255], { width: 1, height: 1 }, set).pixels];
  const told = (set: typeof classes) => classLegend(set, [{ truth: [255] }]).at(-1);
  const eleven = classSet('camvid-11').classes;
  expect([drawn(eleven), told(eleven)?.color]).toEqual([[0, 0, 0], 'rgb(0, 0, 0)']);
  expect([drawn(classes), told(classes)?.color]).toEqual([[...NOT_EVALUATED_COLOR], 'rgb(205, 208, 214)']);
});

test('legends say what is not evaluated, and why, where there is such', () => {
  const words = (entries: readonly { label: string }[]) => entries.map(({ label }) => label).slice(-1);
  const [whole, partly] = [
    [SKY, FLAT],
    [SKY, 255],
  ].map((values) => [{ truth: values }]);
  const eleven = classSet('camvid-11').classes;
  expect(words(errorLegend(classes, whole))).toEqual(['not evaluated (void)']);
  expect(words(errorLegend(classes, partly))).toEqual(['not evaluated (void, ignored)']);
  expect(words(errorLegend(eleven, partly))).toEqual(['not evaluated (ignored)']);
  expect(words(errorLegend(eleven, whole))).toEqual(['right (the scene in dark grey)']);
  expect(words(classLegend(eleven, partly))).toEqual(['ignored']);
  expect(words(classLegend(eleven, whole))).toEqual(['bicyclist']);
});

const scene = { name: 'scene', width: 2, height: 2, image: new Uint8Array(12).fill(200), truth };

/** Colour of the picture in column `column` at the middle of its pixel (x, y); cells are 512 device pixels, gaps 24. */
async function colorAt(png: Buffer, column: number, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const left = 40 + column * (512 + 24) + x * 256 + 128;
  const top = 120 + y * 256 + 128;
  return [...data.subarray((top * info.width + left) * info.channels).subarray(0, 3)];
}

test('a panel shows input, truth, prediction and error mask side by side, each pixel a sharp square', async () => {
  const png = await renderImageGrid(panelGrid([{ ...scene, predictions: [prediction] }], [''], classes));
  expect((await sharp(png).metadata()).width).toBe(4 * 512 + 3 * 24 + 2 * 40);
  expect(await colorAt(png, 0, 0, 0)).toEqual([200, 200, 200]);
  expect(await colorAt(png, 1, 1, 0)).toEqual([...GROUP_COLORS.sky]);
  expect(await colorAt(png, 2, 1, 0)).toEqual([...GROUP_COLORS.flat]);
  expect(await colorAt(png, 3, 1, 0)).toEqual([...WRONG_COLOR]);
  expect(await colorAt(png, 3, 1, 1)).toEqual([...NOT_EVALUATED_COLOR]);
});

test('made smaller, a mask keeps its classes’ colours, in panels, in cells and on a page; a photo is filtered', async () => {
  // Columns of sky and road in turn, higher than a page or a cell shows.
  const [width, height] = [600, 600];
  const truth = Uint8Array.from({ length: width * height }, (_, pixel) => (pixel % 2 ? SKY : FLAT));
  const striped = { name: 'stripes', width, height, image: new Uint8Array(width * height * 3).fill(200), truth };
  const mask = labelMaskImage(truth, striped, classes);
  const html = await picturesHtml(panelGrid([{ ...striped, predictions: [truth] }], [''], classes));
  const page = await pictureHtml(mask, 'A mask');
  const carried = [...`${html}${page}`.matchAll(/base64,([^"]*)/g)].map(([, data]) => Buffer.from(data, 'base64'));
  const [, inCell, , , onPage] = carried;
  for (const png of [await imagePng(mask, { width: 500, height: 500 }), inCell, onPage])
    expect(await colorsOf(png)).toEqual([GROUP_COLORS.flat, GROUP_COLORS.sky].map(String).sort());
  expect(String(html)).toMatch(/alt="Truth: stripes"[^>]*pixelated/);
  const photo = await imagePng({ ...mask, ofClasses: false }, { width: 500, height: 500 });
  expect((await colorsOf(photo)).length).toBeGreaterThan(2);
});

async function colorsOf(png: Buffer): Promise<string[]> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const colors = new Set<string>();
  for (let byte = 0; byte < data.length; byte += info.channels) colors.add(String([...data.subarray(byte, byte + 3)]));
  return [...colors].sort();
}

test('a sheet has two columns for each model and a row for each scene; the same scenes give the same bytes', async () => {
  const scenes = [{ ...scene, predictions: [prediction, truth] }];
  const sheet = (shown: typeof scenes) => renderImageGrid(panelGrid(shown, ['Base', 'Pre-trained'], classes));
  const one = await sheet(scenes);
  const two = await sheet([...scenes, ...scenes]);
  const [small, large] = await Promise.all([sharp(one).metadata(), sharp(two).metadata()]);
  expect(small.width).toBe(6 * 512 + 5 * 24 + 2 * 40);
  expect(large.height - small.height).toBeGreaterThan(512);
  expect((await sheet(scenes)).equals(one)).toBe(true);
});

test('an example lays the mask over the input, half and half', async () => {
  const png = await renderImageGrid(exampleGrid([scene], classes));
  const [red, green, blue] = GROUP_COLORS.sky;
  expect(await colorAt(png, 2, 0, 0)).toEqual([red, green, blue].map((value) => Math.round((value + 200) / 2)));
});

test('an image of the wrong size is refused by name', async () => {
  expect(() => exampleGrid([{ ...scene, image: new Uint8Array(3) }], classes)).toThrow('scene: image of 3 bytes');
});

test('a sheet without scenes is refused', async () => {
  await expect(renderImageGrid(panelGrid([], ['Base'], classes))).rejects.toThrow('no picture to show');
});
