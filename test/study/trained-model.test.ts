import { afterAll, beforeAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { openRun, type Run } from '../../src/experiment/run-folder';
import { exportRun } from '../../src/publishing/export-run';
import { loadSegmenter } from '../../src/publishing/load-segmenter';
import { evaluateRun } from '../../src/study/evaluate';
import { trainRun } from '../../src/study/train';
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
