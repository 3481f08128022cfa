import { afterAll, expect, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DISPLAY, type MimeBundle } from '../../src/display';
import { loadExperiment } from '../../src/experiment/load';
import { openRun } from '../../src/experiment/run-folder';
import { applyBlock, contractionBlock, openScene, predict, sweepThreshold, tf, tryTraining } from '../../src/explore';
import { trainRun } from '../../src/study/train';
import type { tf as Tensorflow } from '../../src/tensorflow/tensorflow';
import type { OwnLoss } from '../../src/training/losses/loss';
import { temporaryFolder } from '../data/fixtures';
import { SHARE } from '../model/weights/parity';
import { shown } from '../notebook-display';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** An experiment of two epochs of two steps, in a folder of its own. */
function experiment(name: string, limit = {}): string {
  const file = join(folder, `${name}.yaml`);
  const synthetic = { seed: 1, width: 64, height: 32, scenes: { train: 4, validation: 2, test: 0 } };
  const content = {
    name,
    folder: join(folder, name),
    notebooks: ['none.ipynb'],
    data: { source: 'synthetic', size: 32, root: join(folder, 'scenes'), synthetic, limit },
    model: { width: SHARE },
    training: { epochs: 2, batchSize: 2 },
    execution: { compile: false },
  };
  writeFileSync(file, stringify(content));
  return file;
}

const bundleOf = (value: { [DISPLAY](): Promise<MimeBundle> }) => value[DISPLAY]() as Promise<Record<string, string>>;
const alternatives = async (value: Parameters<typeof bundleOf>[0]) =>
  [...(await bundleOf(value))['text/html'].matchAll(/alt="([^"]*)"/g)].map(([, alt]) => alt);

test('a scene shows picture, mask and both; by number or by name', async () => {
  const file = experiment('scenes-only');
  const scene = await openScene(file, { split: 'train', scene: 1 });
  expect(await alternatives(scene)).toEqual(
    ['Input', 'Mask', 'Mask over input'].map((what) => `${what}: ${scene.name}`),
  );
  expect(await alternatives(scene.mask)).toEqual([`${scene.name}: true classes`]);
  expect([scene.width, scene.height, scene.truth.length]).toEqual([32, 32, 1024]);
  expect((await openScene(file, { split: 'train', scene: scene.name })).pixels).toEqual(scene.pixels);
  await expect(openScene(file, { scene: 7 })).rejects.toThrow('validation has no scene 7');

  const build = (input: Tensorflow.SymbolicTensor) =>
    contractionBlock(input, { name: 'mine', layers: ['one'], filters: 3, batchNorm: true, seed: 1 }).skip;
  const output = applyBlock(scene, build);
  expect(output.features.shape).toEqual([1, 32, 32, 3]);
  expect(await alternatives(output)).toHaveLength(3);
}, 60_000);

test('a scene is found by its name where every second one is used', async () => {
  const second = await openScene(experiment('all-scenes'), { split: 'train', scene: 2 });
  const halved = experiment('half-of-the-scenes', { train: { every: 2 } });
  const found = await openScene(halved, { split: 'train', scene: second.name });
  expect([found.name, found.pixels]).toEqual([second.name, second.pixels]);
}, 60_000);

test('a loss of one’s own trains with validation and checkpoints, resumes, and is mixed with no other', async () => {
  const file = experiment('own');
  let factor = 2;
  const loss: OwnLoss = (logits, { classes }) => {
    const truth = tf.oneHot(classes, logits.shape[1]);
    return tf.mul(tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), truth), 1))), factor);
  };
  const { run, history } = await tryTraining(file, { loss });
  expect(history.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(existsSync(run.path('checkpoints', 'best'))).toBe(true);
  expect(readFileSync(run.path('experiment.yaml'), 'utf8')).toMatch(/own: loss [0-9a-f]{8}/);
  expect(shown.at(-1)?.data['text/html']).toContain('aria-label="Validation loss');
  // Twice the cross-entropy is what it says: the first step starts from the same weights.
  const plain = await trainRun(openRun(experiment('plain')));
  expect(history[0].trainingLoss / plain[0].trainingLoss).toBeCloseTo(2, 1);

  expect((await tryTraining(file, { loss })).history).toEqual(history);
  factor = 3;
  await expect(tryTraining(file, { loss })).rejects.toThrow('of another training: training.own was "loss');
  await expect(trainRun(run)).rejects.toThrow('and no function is handed over');

  const scene = await openScene(file);
  const seen = await predict(run.folder, scene);
  expect(await alternatives(seen)).toHaveLength(4);
  expect(Object.values(seen.areas).reduce((sum, area) => sum + area, 0)).toBeCloseTo(1);
  expect(await alternatives(seen.probability('sky'))).toEqual(['Probability of sky: 0 black, 1 white']);
  expect(() => seen.probability('moon')).toThrow('the model has no class moon');
  const sweep = await sweepThreshold(run.folder, 'flat', { scenes: 1 });
  expect(sweep.scores).toHaveLength(49);
  expect(Object.keys(await bundleOf(sweep))).toEqual(['text/html', 'image/png', 'text/plain']);
}, 120_000);

test('what is not trained is not predicted with', async () => {
  const file = experiment('untrained');
  expect(loadExperiment(file).folder).toBe(join(folder, 'untrained'));
  await expect(predict(file, await openScene(file))).rejects.toThrow("await tryTraining('");
}, 60_000);
