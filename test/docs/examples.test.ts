import { afterAll, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { noise } from '../../docs/examples/augmentation';
import { inTheWay } from '../../docs/examples/class-set';
import { kitti } from '../../docs/examples/data-set';
import { LINK_NET } from '../../docs/examples/decoder';
import { VGG13 } from '../../docs/examples/encoder';
import { overfittingFigure } from '../../docs/examples/figure';
import { tversky } from '../../docs/examples/loss';
import { frequencyWeightedIou } from '../../docs/examples/metric';
import { lion } from '../../docs/examples/optimizer';
import { stepwise } from '../../docs/examples/schedule';
import { augmenter } from '../../src/data/augmentations/augmentation';
import { classDistribution } from '../../src/data/class-distribution';
import { classSet } from '../../src/data/classes';
import { openDataset, sceneSource } from '../../src/data/open-dataset';
import { PreparedScenes } from '../../src/data/sample-source';
import { type ConfusionMatrix, confusionMatrix } from '../../src/evaluation/confusion-matrix';
import { evaluate } from '../../src/evaluation/evaluate';
import { LabelCounts } from '../../src/evaluation/label-counts';
import { metricsOf } from '../../src/evaluation/metric';
import { metrics as metricsOfMatrix } from '../../src/evaluation/metrics';
import { loadExperiment } from '../../src/experiment/load';
import { groupIndexByLabelId } from '../../src/labels';
import { uNet } from '../../src/model/decoders/u-net';
import { forwardPass, forwardPassOf } from '../../src/model/forward-pass';
import { createRandom } from '../../src/random';
import { writeFigure } from '../../src/report/drawing/render-figure';
import { createProgram } from '../../src/tensorflow/program';
import { tf } from '../../src/tensorflow/tensorflow';
import type { EpochRecord } from '../../src/training/history';
import { train } from '../../src/training/train';
import { temporaryFolder, writePicture } from '../data/fixtures';
import { COMPILED, EAGER } from '../tensorflow/execution';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** A bright sky (label 23) above a dark road (7), with a horizon that wanders. */
async function writeScene(root: string, name: string, horizon: number): Promise<void> {
  await writePicture(join(root, 'training/image_2', name), 48, 32, (row) =>
    row < horizon ? [200, 210, 220] : [60, 60, 60],
  );
  await writePicture(join(root, 'training/semantic', name), 48, 32, (row) => [row < horizon ? 23 : 7]);
}

let history: EpochRecord[];

test('a data set and a model of one’s own: opened, trained, evaluated', async () => {
  const root = join(folder, 'kitti');
  for (let index = 0; index < 44; index += 1)
    await writeScene(root, `${String(index).padStart(6, '0')}_10.png`, 8 + (index % 16));
  const dataset = kitti.open({ root });
  expect([dataset.splits.train.length, dataset.splits.validation.length]).toEqual([4, 40]);
  const source = (split: 'train' | 'validation') =>
    new PreparedScenes(dataset, dataset.splits[split].slice(0, 4), 32, join(folder, 'prepared'));

  const model = LINK_NET.model({ height: 32, width: 32, classes: 8, widthMultiplier: 1 / 16 });
  expect(forwardPass(model, 2, 8)).toEqual({ input: [2, 32, 32, 3], output: [2, 32, 32, 8], right: true });

  const data = { training: source('train'), validation: source('validation') };
  history = await train({
    model,
    data,
    settings: { epochs: 8, batchSize: 2, learningRate: 0.02 },
    execution: { ...EAGER, compile: true },
    preprocessing: 'tf',
    classOfLabelId: groupIndexByLabelId(),
  });
  expect(history[7].trainingLoss).toBeLessThan(history[0].trainingLoss / 2);

  const { metrics, matrices } = await evaluate(model, data.validation, {
    classSet: classSet('groups-8'),
    preprocessing: 'tf',
    execution: EAGER,
  });
  model.dispose();
  const { pixelAccuracy, groups } = metrics['groups-8'];
  expect(groups.filter(({ pixels }) => pixels > 0).map(({ group }) => group)).toEqual(['flat', 'sky']);
  expect(pixelAccuracy).toBeGreaterThan(0.7);
  expect(frequencyWeightedIou(matrices['groups-8'])).toBeGreaterThan(0.5);
}, 60_000);

test('an augmentation: noise, the same whenever an epoch is repeated', () => {
  const grey = { name: 'grey', image: new Uint8Array(3000).fill(100), width: 100, labelIds: new Uint8Array(1000) };
  const noisy = (seed: number) => augmenter(noise, { deviation: 4 }, 32).draw(createRandom(seed))(grey).image;
  expect(noisy(1)).toEqual(noisy(1));
  expect(noisy(1)).not.toEqual(noisy(2));
  const deviation = Math.sqrt(noisy(1).reduce((sum, value) => sum + (value - 100) ** 2, 0) / 3000);
  expect(deviation).toBeCloseTo(4, 0);
});

test('a metric: IoU weighted by frequency', () => {
  //             predicted: flat  sky  void
  const counts = [6, 2, 0, /**/ 1, 1, 0, /**/ 0, 0, 0];
  const matrix = { metric: 'groups-8', classes: ['flat', 'sky', 'void'], counts: Float64Array.from(counts) };
  // flat: 6 / (8 + 7 - 6) = 2/3, 8 pixels; sky: 1 / (2 + 3 - 1) = 1/4, 2 pixels; void has none.
  expect(frequencyWeightedIou(matrix as unknown as ConfusionMatrix)).toBeCloseTo((8 * (2 / 3) + 2 * (1 / 4)) / 10, 12);
});

test('a figure: drawn from a history', async () => {
  await writeFigure(folder, overfittingFigure('a small run', history));
  const { width, height } = await sharp(join(folder, 'overfitting.png')).metadata();
  expect([width, height]).toEqual([2 * 860, 2 * 450]);
  expect(readFileSync(join(folder, 'overfitting.svg'), 'utf8')).toContain(
    'Training and validation loss of a small run after each epoch',
  );
}, 30_000);

test('a class set: of four kinds, all else ignored, down to the metrics', () => {
  expect(inTheWay.classes.map(({ name }) => name)).toEqual(['person', 'rider', 'car', 'two-wheeler']);
  const counts = new LabelCounts(inTheWay);
  // Of three cars (26) one is taken for a person; what is seen in the road (7) does not count.
  counts.add([26, 26, 26, 7, 7, 33], [2, 2, 0, 0, 2, 3]);
  const [own] = metricsOf(inTheWay);
  const { groups, pixelAccuracy } = metricsOfMatrix(confusionMatrix(counts, own));
  expect(groups.map(({ iou }) => iou)).toEqual([0, Number.NaN, 2 / 3, 1]);
  expect(pixelAccuracy).toBe(3 / 4);
});

test('a loss: misses count more than false alarms', () => {
  const value = tf.tidy(() => {
    const logits = tf.tensor2d(
      [
        [0.5, 0.5],
        [0.25, 0.75],
      ].map((row) => row.map(Math.log)),
    );
    const targets = { classes: tf.tensor1d([0, 0], 'int32'), counted: null };
    return tversky.create({ missed: 0.8 })(logits, targets).dataSync()[0];
  });
  // Class 0: 0.75 found, 1.25 missed. Class 1: nothing to find, 1.25 false alarms.
  expect(value).toBeCloseTo(1 - (1.75 / (1.75 + 0.8 * 1.25) + 1 / (1 + 0.2 * 1.25)) / 2, 6);
});

test.each([true, false])('an optimizer: each weight moves by the learning rate (compile: %p)', (compile) => {
  const weight = tf.variable(tf.tensor1d([1, 1]));
  const program = createProgram({ ...COMPILED, compile });
  const optimizer = lion.create({ beta1: 0.5, beta2: 0.5 });
  const step = program.trainingStep({ optimizer, variables: [weight], loss: (x) => tf.sum(tf.mul(weight, x)) });
  // Momentum 0, then 1.5 and -1: the second step goes by 0.75 - 0.5 and by -0.5 + 2.
  for (const gradient of [
    [3, -2],
    [-1, 4],
  ])
    tf.tidy(() => step.run([tf.tensor1d(gradient)], 0.25));
  program.pull();
  expect([...weight.dataSync()]).toEqual([1 - 0.25 - 0.25, 1 + 0.25 - 0.25]);
  const { slots } = step.state();
  expect([...slots.momentum[0].dataSync()]).toEqual([0.25, 1.5]);
  program.dispose();
});

test('a folder: its splits, its classes and how common they are', async () => {
  const root = join(folder, 'drives');
  // Four drives of two scenes. Left half road (1), a quarter each cars (2) and grass (200).
  for (let index = 0; index < 8; index += 1) {
    const name = `drive${index >> 1}_${index % 2}.png`;
    await writePicture(join(root, 'masks', name), 32, 32, (_, column) => [column < 16 ? 1 : column < 24 ? 2 : 200]);
    await writePicture(join(root, 'pictures', name), 32, 32, () => [90, 90, 90]);
  }
  const { data } = loadExperiment('docs/examples/own-folder.yaml', {
    set: [`data.root=${root}`, 'data.size=32'],
  }).experiment;
  const dataset = await openDataset(data);
  expect(Object.values(dataset.splits).map((scenes) => scenes.length)).toEqual([4, 2, 2]);
  const shares = await classDistribution(sceneSource(dataset, data, 'train'), classSet(data.classes));
  expect(shares.map(({ name, share, scenes }) => [name, share, scenes])).toEqual([
    ['road', 0.5, 4],
    ['traffic', 0.25, 4],
    ['rest', 0.25, 4],
  ]);
});

test('a schedule: a tenth after each drop', () => {
  const factor = (done: number) => stepwise.factorAt({ done, epochs: 9, decay: 1 }, { drops: [2, 5] });
  expect([0, 1.9, 2, 5].map(factor)).toEqual([1, 1, 0.1, 0.01]);
});

test('an encoder of one\u2019s own, under the U-Net: ten convolutions, five blocks', () => {
  const encoder = VGG13;
  expect(encoder.convolutions(1).map(({ stage }) => stage)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  const size = { height: 64, width: 32, classes: 8, widthMultiplier: 1 / 32 };
  expect(forwardPassOf(uNet, { ...size, encoder })).toMatchObject({ output: [1, 64, 32, 8], right: true });
});
