import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { SHIPPED_MODEL } from '../../src/commands/model-folder';
import { classSet } from '../../src/data/classes';
import { Segmenter } from '../../src/evaluation/segmenter';
import { type RenderedScene, renderScene } from '../../src/streets/render';
import { executionSchema } from '../../src/tensorflow/execution';
import { tf } from '../../src/tensorflow/tensorflow';
import { loadCheckpoint } from '../../src/training/checkpoint';
import { temporaryFolder } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const SIZE = { width: 512, height: 256 };
const { classes, classOfLabelId } = classSet('groups-8');
const execution = executionSchema.parse({ autotune: false });
let streets: RenderedScene[];
beforeAll(async () => {
  const indices = [0, 1, 2];
  streets = await Promise.all(indices.map((index) => renderScene({ seed: 1, split: 'test', index, ...SIZE })));
});

/** Mean IoU over whole streets that no training has seen, groups that do not occur left out. */
async function meanIou(spoil: (model: tf.LayersModel) => void = () => {}): Promise<number> {
  const { model, metadata } = loadCheckpoint(SHIPPED_MODEL);
  spoil(model);
  const segmenter = new Segmenter(model, metadata, { execution });
  const [common, either] = [classes.map(() => 0), classes.map(() => 0)];
  for (const { image, labelIds } of streets) {
    const predicted = await segmenter.predict({ ...SIZE, pixels: image });
    labelIds.forEach((labelId, pixel) => {
      const [truth, guess] = [classOfLabelId[labelId], predicted[pixel]];
      if (truth === guess) common[truth] += 1;
      for (const group of new Set([truth, guess])) either[group] += 1;
    });
  }
  segmenter.dispose();
  model.dispose();
  const ious = common.map((count, group) => count / either[group]).filter((iou) => !Number.isNaN(iou));
  return ious.reduce((sum, iou) => sum + iou) / ious.length;
}

describe('the model that comes with the project', () => {
  test('is small, and says what it is', () => {
    const files = readdirSync(SHIPPED_MODEL);
    expect(files.sort()).toEqual(['README.md', 'experiment.yaml', 'model.json', 'weights-1-of-1.bin']);
    const bytes = files.map((file) => statSync(join(SHIPPED_MODEL, file)).size);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(1_000_000);
    const card = readFileSync(join(SHIPPED_MODEL, 'README.md'), 'utf8');
    for (const fact of ['Network', 'Training', 'Licence', 'Limits', '| groups-8', '| official-7'])
      expect(card).toContain(fact);
  });

  test('knows generated streets, and would not without one of its layers', async () => {
    expect(await meanIou()).toBeGreaterThan(0.6);
    const forgetful = (model: tf.LayersModel) => {
      const layer = model.getLayer('up1_conv1');
      tf.tidy(() => layer.setWeights(layer.getWeights().map((weight) => tf.zerosLike(weight))));
    };
    expect(await meanIou(forgetful)).toBeLessThan(0.3);
  }, 120_000);

  test('is what predict takes when no run is named', async () => {
    const [picture, out] = [join(folder, 'street.png'), join(folder, 'out')];
    await sharp(streets[0].image, { raw: { ...SIZE, channels: 3 } }).toFile(picture);
    const command = [process.execPath, 'src/cli.ts', 'predict', picture, '--out', out];
    const { exitCode, stdout } = Bun.spawnSync(command, { stderr: 'inherit' });
    expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 0, stdout: `1/1 ${out}/street_mask.png\n` });
    expect(await sharp(join(out, 'street_mask.png')).metadata()).toMatchObject(SIZE);
  }, 120_000);
});
