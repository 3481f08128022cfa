import { afterAll, beforeAll, expect, test } from 'bun:test';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { openRun, type Run } from '../../src/experiment/run-folder';
import { exportRun } from '../../src/publishing/export-run';
import { loadSegmenter } from '../../src/publishing/load-segmenter';
import { comparedModels } from '../../src/study/comparison';
import { evaluateRun } from '../../src/study/evaluate';
import { trainRun } from '../../src/study/train';
import { tf } from '../../src/tensorflow/tensorflow';
import type { OwnLoss } from '../../src/training/losses/loss';
import { ownIdentity } from '../../src/training/own-functions';
import { temporaryFolder } from '../data/fixtures';
import { noise } from '../publishing/tiny-run';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const WEIGHTS = [1, 9, 1, 1, 4, 1, 1, 1];
const picture = noise(32, 32);

function runWith(priorCorrection: number): Run {
  const file = join(folder, `${priorCorrection}.yaml`);
  const experiment = {
    name: 'tiny',
    folder: join(folder, 'run'),
    notebooks: ['none.ipynb'],
    data: {
      source: 'synthetic',
      size: 32,
      root: join(folder, 'scenes'),
      synthetic: { width: 64, height: 32, scenes: { train: 2, validation: 1, test: 1 } },
    },
    model: { width: 1 / 16 },
    training: { epochs: 1, batchSize: 2, loss: [{ name: 'cross-entropy', weights: WEIGHTS }] },
    execution: { compile: false },
    evaluation: { priorCorrection },
  };
  writeFileSync(file, stringify(experiment));
  return openRun(file);
}

async function probabilities(model: string): Promise<Float32Array> {
  const { segmenter, dispose } = loadSegmenter(model);
  try {
    return await segmenter.probabilities(picture);
  } finally {
    dispose();
  }
}

const difference = (one: Float32Array, other: Float32Array) =>
  Math.max(...one.map((value, index) => Math.abs(value - other[index])));

let plain: Float32Array;
/** As the square root of the weights makes of them. */
let halfTaken: Float32Array;
beforeAll(async () => {
  const run = runWith(0);
  await trainRun(run);
  plain = await probabilities(run.path());
  const divided = plain.map((value, index) => value / Math.sqrt(WEIGHTS[index % 8]));
  halfTaken = divided.map((value, index) => {
    const pixel = Math.floor(index / 8) * 8;
    return value / divided.subarray(pixel, pixel + 8).reduce((sum, each) => sum + each);
  });
  expect(difference(plain, halfTaken)).toBeGreaterThan(0.01);
}, 60_000);

test('a run and its checkpoints predict with as much of the class weights as its experiment says', async () => {
  const run = runWith(0.5);
  for (const model of [run.path(), run.path('checkpoints/best')])
    expect(difference(await probabilities(model), halfTaken)).toBeLessThan(1e-5);
  runWith(0);
  expect(difference(await probabilities(run.path()), plain)).toBe(0);
});

test('an exported model has had them taken once', async () => {
  const run = runWith(0.5);
  await evaluateRun(run);
  exportRun(run.path(), { to: 'tfjs' });
  for (const model of [run.path('export/tfjs'), join(folder, 'elsewhere')]) {
    exportRun(run.path(), { to: 'tfjs', out: model });
    expect(difference(await probabilities(model), halfTaken)).toBeLessThan(1e-5);
  }
});

test('each correction is an evaluation of its own and says so', async () => {
  const [half, none] = [runWith(0.5), runWith(0)];
  const [corrected, uncorrected] = [await evaluateRun(half), await evaluateRun(none)];
  expect(corrected.folder).not.toBe(uncorrected.folder);
  expect(corrected.setting).toEndWith(', class weights taken back by 0.5');
  expect(uncorrected.setting).not.toContain('weights');
});

test('models are compared whatever each of them takes back, which is not said of all then', async () => {
  const [half, none] = [runWith(0.5), runWith(0)];
  await evaluateRun(half);
  await evaluateRun(none);
  // A copy, since a run predicts as its experiment says.
  cpSync(none.path(), join(folder, 'none'), { recursive: true });
  runWith(0.5);
  const compare = (name: string) => {
    const runs = [half.path(), join(folder, name)].map((run) => ({ label: run, run }));
    const report = {
      name,
      folder: join(folder, 'report'),
      notebooks: ['none.ipynb'],
      comparison: { title: 't', runs },
    };
    writeFileSync(join(folder, `${name}.yaml`), stringify(report));
    return comparedModels(openRun(join(folder, `${name}.yaml`)));
  };
  const scenes = 'Synthetic streets, validation split, 1 scenes, centre square resized to 32x32';
  expect((await compare('none')).setting).toBe(scenes);
  expect((await compare('run')).setting).toBe(`${scenes}, class weights taken back by 0.5`);
});

test('weights that are to be taken back, and that nobody recorded, are an error', async () => {
  const run = runWith(0.5);
  const file = run.path('provenance.json');
  const kept = readFileSync(file, 'utf8');
  const parts = JSON.parse(kept).parts.map(({ classWeights: _, ...part }: Record<string, unknown>) => part);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(kept), parts }));
  for (const model of [run.path(), run.path('checkpoints/best')])
    expect(() => loadSegmenter(model)).toThrow('provenance.json: does not say which class weights the training had');
  runWith(0);
  expect(difference(await probabilities(run.path()), plain)).toBe(0);
  writeFileSync(file, kept);
});

test('of a training by a loss of its own nothing is taken back, and its setting does not say so', async () => {
  const loss: OwnLoss = (logits, { classes }) => tf.losses.softmaxCrossEntropy(tf.oneHot(classes, 8), logits);
  runWith(0.5);
  const run = openRun(join(folder, '0.5.yaml'), {
    set: [`folder=${join(folder, 'own')}`, `training.own=${ownIdentity({ loss }, { classes: 8, size: 32 })}`],
  });
  await trainRun(run, {}, { loss });
  const { setting } = await evaluateRun(run);
  expect(setting).not.toContain('weights');
}, 60_000);
