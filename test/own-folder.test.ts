import { afterAll, beforeAll, expect, test } from 'bun:test';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { stringify } from 'yaml';
import { temporaryFolder } from './data/fixtures';
import { describeUnless } from './skipping';

const { CAMVID_DATASET: camvid } = process.env;
const { folder, remove } = temporaryFolder();
afterAll(remove);

/** CamVid's mask values for road, car and pedestrian become 1, 2 and 2; all others become 0. */
const VALUES = new Map([
  [3, 1],
  [8, 2],
  [9, 2],
]);
const CLASSES = [
  { name: 'road', color: [128, 64, 128], values: [1] },
  { name: 'traffic', color: [220, 20, 60], values: [2] },
  { name: 'rest', color: [70, 130, 70], values: 'rest' },
];
const NOTEBOOKS = ['01-preparation', '02-model', '03-training', '04-evaluation'];

/** Writes some scenes of a split of CamVid as a folder of three classes. */
async function convert(split: string, scenes: number): Promise<void> {
  const [images, masks] = ['images', 'masks'].map((kind) => join(folder, 'data', kind, split));
  for (const place of [images, masks]) mkdirSync(place, { recursive: true });
  const names = readdirSync(join(camvid!, split)).filter((name) => name.endsWith('.png'));
  for (const name of names.sort().slice(0, scenes)) {
    copyFileSync(join(camvid!, split, name), join(images, name));
    const { data, info } = await sharp(join(camvid!, `${split}annot`, name))
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: 1 } as const;
    const values = data.map((value) => VALUES.get(value) ?? 0);
    await sharp(values, { raw }).toColourspace('b-w').png().toFile(join(masks, name));
  }
}

describeUnless(!camvid && 'CAMVID_DATASET does not name CamVid’s folder', 'three classes made from CamVid', () => {
  const run = join(folder, 'run');
  const read = (...path: string[]) => readFileSync(join(run, ...path), 'utf8');

  beforeAll(async () => {
    for (const split of ['train', 'val', 'test']) await convert(split, 8);
    const file = join(folder, 'three.yaml');
    const experiment = {
      name: 'three',
      folder: run,
      notebooks: NOTEBOOKS.map((name) => `notebooks/${name}.ipynb`),
      data: { source: 'folder', root: join(folder, 'data'), classes: CLASSES, size: 64 },
      model: { width: 0.25 },
      training: { epochs: 1, batchSize: 4 },
    };
    writeFileSync(file, stringify(experiment));
    const child = Bun.spawn([process.execPath, 'src/cli.ts', 'run', file, '--no-html'], { stdout: 'ignore' });
    expect(await child.exited).toBe(0);
  }, 600_000);

  test('the reduction is of the labels that the folder has', () => {
    const html = read('figures', 'class-reduction.html');
    expect(html).toContain('3 labels in 3 classes');
    expect(html).not.toContain('Cityscapes');
  });

  test.each(['examples', 'training-samples'])('%s shows each class in its colour', async (name) => {
    const { data } = await sharp(join(run, 'figures', `${name}.png`))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const found = new Set<number>();
    for (let index = 0; index < data.length; index += 3) found.add(data.readUIntBE(index, 3));
    for (const { color } of CLASSES) expect([...found]).toContain(Buffer.from(color).readUIntBE(0, 3));
  });

  test('scores are of the three classes', () => {
    const [evaluation] = readdirSync(join(run, 'evaluations'));
    const { models } = JSON.parse(read('evaluations', evaluation, 'metrics.json')) as {
      models: { metrics: { metric: string; groups: { group: string }[] }[] }[];
    };
    const [{ metrics }] = models;
    expect(metrics.map(({ metric }) => metric)).toEqual(['classes-3']);
    expect(metrics[0].groups.map(({ group }) => group)).toEqual(['road', 'traffic', 'rest']);
  });
});
