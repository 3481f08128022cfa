import { afterAll, beforeAll, expect, test } from 'bun:test';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectionText } from '../../../src/commands/check-data';
import { classSet } from '../../../src/data/classes';
import { IGNORED } from '../../../src/data/classes/class-set';
import type { Dataset } from '../../../src/data/dataset';
import { agreement, bestOffset, boundaryLength, edgesOf } from '../../../src/data/inspection/edges';
import { inspectDataset, maskPowerText } from '../../../src/data/inspection/inspect-dataset';
import { openDataset } from '../../../src/data/open-dataset';
import { synthetic } from '../../../src/data/sources/synthetic';
import { temporaryFolder } from '../fixtures';
import { FAULTS, withFault, withoutGroup } from './plant-faults';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('agreement: how much more the picture changes across the mask’s boundaries than around them', () => {
  // An edge of 100 between columns 3 and 4 of 8x8, and a mask whose boundary is two columns to the left of it.
  const at = (edge: number) => (place: number) => (place % 8 < edge ? 0 : 1);
  const image = Uint8Array.from({ length: 192 }, (_, place) => 100 * at(4)(Math.floor(place / 3)));
  const sample = (edge: number) => ({
    name: '',
    image,
    width: 8,
    labelIds: Uint8Array.from({ length: 64 }, (_, place) => at(edge)(place)),
  });
  // One of eight columns has a change of 100, all around as in the picture, whose tenth is added: 100 / (12.5 + 1.25).
  expect(agreement(edgesOf(sample(4)), edgesOf(sample(4)))).toBeCloseTo(100 / 13.75, 4);
  expect(agreement(edgesOf(sample(2)), edgesOf(sample(2)))).toBe(0);
  expect(boundaryLength(edgesOf(sample(2)))).toBe(8);
  const { offset } = bestOffset(edgesOf(sample(2)), 3);
  expect(offset[0]).toBe(2);
});

test('agreement: an edge counts by what is around it, not by what is elsewhere', () => {
  // Left half: stripes of 200 in every column, as leaves have; right half plain but for one step of 20.
  const width = 64;
  const value = (column: number) => (column < 32 ? 200 * (column % 2) : column < 48 ? 100 : 120);
  const image = Uint8Array.from({ length: width * 16 * 3 }, (_, place) => value(Math.floor(place / 3) % width));
  const masked = (edge: number) =>
    edgesOf({
      name: '',
      image,
      width,
      labelIds: Uint8Array.from({ length: width * 16 }, (_, pixel) => (pixel % width < edge ? 0 : 1)),
    });
  // Among stripes one change is as good as any; the step stands alone, though it is ten times weaker.
  expect(agreement(masked(16), masked(16))).toBeLessThan(1);
  expect(agreement(masked(48), masked(48))).toBeGreaterThan(1.5);
});

let streets: Dataset;
beforeAll(async () => {
  const scenes = { train: 12, validation: 6, test: 0 };
  const options = synthetic.options.parse({ width: 256, height: 128, scenes });
  streets = await openDataset({ source: 'synthetic', root: join(folder, 'streets'), synthetic: options });
}, 60_000);

test('generated streets are in order, and their classes are counted', async () => {
  const inspection = await inspectDataset(streets, classSet('groups-8'));
  expect(inspection.findings).toEqual([]);
  expect(inspection.scenes).toEqual({ train: 12, validation: 6, test: 0 });
  const sum = inspection.classes.reduce((total, { shares }) => total + shares.train, 0);
  expect(sum).toBeCloseTo(1, 10);
  expect(inspectionText(inspection)).toEndWith('nothing found');
}, 60_000);

test('frames of a film, whose masks are alike, are no alarm', async () => {
  const films = streets.splits.train.slice(0, 4);
  const train = films.flatMap((scene) =>
    Array.from({ length: 13 }, (_, frame) => ({ ...scene, name: `${scene.name}-${frame}` })),
  );
  const { findings } = await inspectDataset(
    { ...streets, splits: { ...streets.splits, train, validation: [] } },
    classSet('groups-8'),
  );
  expect(findings.filter(({ kind }) => !['empty class', 'no scene'].includes(kind))).toEqual([]);
}, 60_000);

test('a split that a training needs and that has no scene is told', async () => {
  const none = { ...streets, splits: { train: streets.splits.train, validation: [], test: [] } };
  const inspection = await inspectDataset(none, classSet('groups-8'));
  expect(inspection.findings).toEqual([
    { kind: 'no scene', split: 'validation', name: 'split', what: 'no scene', severity: 1 },
  ]);
  const text = inspectionText(inspection);
  expect(text).toStartWith('train: 12 scenes, validation: 0 scenes\n');
  expect(text).toMatch(/^sky +\d+\.\d\d % +–$/m);
}, 60_000);

test('a split whose pixels are all ignored has no pixel of any class', async () => {
  const { classes } = classSet('groups-8');
  const { findings } = await inspectDataset(streets, { classes, classOfLabelId: new Uint8Array(256).fill(IGNORED) });
  expect(findings.filter(({ kind }) => kind === 'empty class')).toHaveLength(2 * classes.length);
}, 60_000);

test('an image without mask is listed with what else is found, and the check goes on', async () => {
  const root = join(folder, 'lone');
  cpSync(streets.root, root, { recursive: true });
  const { mask } = streets.splits.train[0];
  rmSync(mask.replace(streets.root, root));
  const [file, notebook] = [join(folder, 'lone.yaml'), 'notebooks/01-preparation.ipynb'];
  writeFileSync(file, `notebooks: [${notebook}]\ndata: { source: cityscapes, root: ${root} }\n`);
  const { stdout, exitCode } = Bun.spawnSync([process.execPath, 'src/cli.ts', 'check-data', file, '--out', folder]);
  const text = stdout.toString();
  expect(text).toContain('train: 11 scenes, validation: 6 scenes');
  expect(text).toContain('an image has no mask, or a mask no image, and is left out: 1\n');
  expect(text).toContain(
    `${streets.splits.train[0].image.replace(streets.root, root)}: its mask is missing; expected leftImg8bit/`,
  );
  expect(text.trimEnd()).toEndWith(`\n${join(folder, 'index.html')}`);
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('its mask is missing');
  expect(exitCode).toBe(1);
}, 60_000);

test('of masks that hold hardly a boundary nothing is said, but that', async () => {
  // People and all else: what is left of most masks is a few pixels.
  const meaning = [...streets.labelIdOfMaskValue].map(([value, id]) => [value, id === 24 ? 24 : 0] as const);
  const people = { ...streets, labelIdOfMaskValue: new Map(meaning) };
  const { findings, masks } = await inspectDataset(people, classSet('groups-8'));
  expect(findings.filter(({ kind }) => kind !== 'empty class')).toEqual([]);
  expect(masks.assessed).toBeLessThan(masks.scenes / 2);
  expect(masks.least.length).toBeGreaterThan(0);
}, 60_000);

test('what is said of the power of the check', () => {
  const least: [] = [];
  expect(maskPowerText({ scenes: 9, assessed: 9, power: 1, least })).toBe(
    "9 of 9 masks were held against their pictures; of other scenes' masks laid on these pictures, 100 % would be found",
  );
  expect(maskPowerText({ scenes: 9, assessed: 4, power: 0.987, least })).toContain('4 of 9 masks');
  expect(maskPowerText({ scenes: 9, assessed: 4, power: 0.987, least })).toContain('too little of a boundary');
  expect(maskPowerText({ scenes: 9, assessed: 4, power: 0.987, least })).toEndWith('98 % would be found');
  expect(maskPowerText({ scenes: 9, assessed: 0, power: Number.NaN, least })).toStartWith('no mask was held against');
});

test('a class that no training mask has is named', async () => {
  const few = { ...streets, splits: { ...streets.splits, train: streets.splits.train.slice(0, 4) } };
  const { findings } = await inspectDataset(
    await withFault(few, withoutGroup('sky'), [0, 1, 2, 3], folder),
    classSet('groups-8'),
  );
  expect(findings.filter(({ kind }) => kind === 'empty class')).toEqual([
    { kind: 'empty class', split: 'train', name: 'sky', what: 'no pixel', severity: 1 },
  ]);
}, 60_000);

test.each(FAULTS.filter(({ name }) => !name.includes('1/16')))(
  'planted: $name',
  async (fault) => {
    const inspection = await inspectDataset(await withFault(streets, fault, [3], folder), classSet('groups-8'));
    expect(inspection.findings).toHaveLength(1);
    expect([fault.finding].flat()).toContain(inspection.findings[0].kind);
    expect(inspectionText(inspection)).toContain(inspection.findings[0].what);
  },
  60_000,
);
