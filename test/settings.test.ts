/**
 * Every key that an experiment may have decides on something: for each of them an outcome is stated, and a change after
 * which it is another one. A key that is added to the schema wants its entry here.
 */
import { afterAll, beforeAll, expect, spyOn, test } from 'bun:test';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentJob } from '../src/commands/run-experiment';
import { keysAt } from '../src/configuration/schema-keys';
import { cropSource, openDataset, sceneSource } from '../src/data/open-dataset';
import type { PreprocessingName } from '../src/data/preprocessing';
import { DataError } from '../src/errors';
import { tellingScenes } from '../src/evaluation/evaluate';
import { type LoadedExperiment, loadExperiment } from '../src/experiment/load';
import { beginPart, writeProvenance } from '../src/experiment/provenance';
import { loadedRun } from '../src/experiment/run-folder';
import { experimentSchema } from '../src/experiment/schema';
import { buildExperimentModel } from '../src/model/build-model';
import { evaluateSplit } from '../src/study/evaluate-split';
import { trainedModel } from '../src/study/trained-model';
import type { Execution } from '../src/tensorflow/execution';
import * as programs from '../src/tensorflow/program';
import { tf } from '../src/tensorflow/tensorflow';
import { train } from '../src/training/train';
import { temporaryFolder, writeCityscapesScene, writePicture } from './data/fixtures';
import { projectFolder, removeProjectFolders } from './experiment/project-folder';
import { fixture, SHARE } from './model/weights/parity';
import { writeTinyRun } from './publishing/tiny-run';
import { EAGER } from './tensorflow/execution';

const { folder, remove } = temporaryFolder();
afterAll(remove);
afterAll(removeProjectFolders);

/** What an experiment comes to. */
type Outcome = (loaded: LoadedExperiment) => unknown;

const runFolder: Outcome = ({ folder: own }) => own;
const job: Outcome = (loaded) => experimentJob(loaded).notebooks;
const needs: Outcome = ({ dependencies }) => dependencies;

/** A value that a notebook shows or hands on: the code that does so, and the value. */
const inNotebook =
  (notebook: string, code: string, value: Outcome): Outcome =>
  (loaded) => {
    expect(readFileSync(`notebooks/${notebook}`, 'utf8')).toContain(code);
    return value(loaded);
  };

/** What kind of data set there is, how many scenes, and the bytes of the first of each split. */
const dataset: Outcome = async ({ experiment }) => {
  const { title, splits } = await openDataset(experiment.data);
  return {
    title,
    splits: Object.values(splits).map((scenes) => ({
      scenes: scenes.length,
      first: scenes[0] && Bun.hash(readFileSync(scenes[0].image)).toString(16),
    })),
  };
};

/** The same of scenes that are drawn into a new folder. */
const drawn: Outcome = (loaded) => {
  const data = { ...loaded.experiment.data, root: join(mkdtempSync(join(folder, 'drawn-')), 'scenes') };
  return dataset({ ...loaded, experiment: { ...loaded.experiment, data } });
};

/** Number of prepared samples, and bytes of one. */
const samples: Outcome = async ({ experiment: { data } }) => {
  const opened = await openDataset(data);
  const sources = (['train', 'validation', 'test'] as const).map((split) => sceneSource(opened, data, split));
  return [sources.map(({ length }) => length), (await sources[0].read(0)).image.length];
};

/** Of data of one's own: the splits, what the first label is, and the first mask; or what is wrong with them. */
const ownData: Outcome = async ({ experiment: { data } }) => {
  try {
    const opened = await openDataset(data);
    const { train, validation, test } = opened.splits;
    const { labelIds } = await sceneSource(opened, data, 'train').read(0);
    return [[train, validation, test].map((scenes) => scenes.map(({ name }) => name)), opened.labels[0], [...labelIds]];
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
};

const crops: Outcome = async ({ experiment: { data, seed } }) => {
  const opened = await openDataset(data);
  return (['train', 'validation'] as const).map((split) => cropSource(opened, data, split, seed).length);
};

async function withModel<T>(
  { experiment }: LoadedExperiment,
  use: (built: Awaited<ReturnType<typeof buildExperimentModel>>) => T | Promise<T>,
): Promise<T> {
  const built = await buildExperimentModel(experiment);
  try {
    return await use(built);
  } finally {
    built.model.dispose();
  }
}

/** The weights that training begins with, and which of them it trains. */
const weights: Outcome = (loaded) =>
  withModel(loaded, ({ model }: { model: tf.LayersModel }) =>
    model.layers.map((layer) => [
      layer.name,
      layer.trainable,
      ...layer.getWeights().map((weight) => `${weight.shape} ${weight.dataSync().slice(0, 3)}`),
    ]),
  );

/** Steps and losses of a training. */
async function trained({ experiment }: LoadedExperiment, model: tf.LayersModel, preprocessing: PreprocessingName) {
  const { data, seed, training: settings, execution, model: options } = experiment;
  const opened = await openDataset(data);
  const source = sceneSource(opened, data, 'train');
  const classOfLabelId = Uint8Array.from({ length: 34 }, (_, id) => id % 8);
  const samples = { training: source, validation: source };
  const given = { model, data: samples, preprocessing, classOfLabelId, voidClass: 7, settings, execution, seed };
  const steps: string[] = [];
  const history = await train(
    { ...given, encoder: options.encoder },
    { onStep: ({ epoch, step, loss }) => steps.push(`${epoch} ${step} ${loss}`) },
  );
  return [steps, history.map(({ validationLoss }) => validationLoss)];
}

/** Of a model that is a single layer, to which training does all that it does to a large one, in a moment. */
const training: Outcome = async (loaded) => {
  const { size } = loaded.experiment.data;
  const image = tf.input({ shape: [size, size, 3] });
  const kernelInitializer = tf.initializers.heNormal({ seed: 1 });
  const layer = tf.layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', kernelInitializer });
  const model = tf.model({ inputs: image, outputs: layer.apply(image) as tf.SymbolicTensor });
  try {
    return await trained(loaded, model, 'tf');
  } finally {
    model.dispose();
  }
};

const trainingOfItsModel: Outcome = (loaded) =>
  withModel(loaded, ({ model, description }) => trained(loaded, model, description.preprocessing));

const evaluation: Outcome = (loaded) =>
  withModel(loaded, async ({ model, description }) => {
    const opened = await openDataset(loaded.experiment.data);
    const { scenes, matrices, calibration } = await evaluateSplit(
      { model, metadata: description },
      opened,
      loaded.experiment,
    );
    return [scenes, [...matrices['groups-8'].counts], calibration];
  });

const UNEQUAL = [1, 9, 1, 1, 4, 1, 1, 1];

/** Of the model of a run that was trained with unequal class weights. */
const outputBias: Outcome = async ({ experiment }) => {
  const run = loadedRun({ experiment, folder: join(folder, 'weighted') });
  await writeTinyRun(run.path());
  const part = beginPart({ device: 'CPU', tensorflowVersion: '2', startedAt: new Date() });
  const parts = [{ ...part, classWeights: { 'cross-entropy': UNEQUAL } }];
  writeProvenance(run, { seed: 1, dataFingerprint: '', weights: null, continuedFrom: null, parts });
  const { model } = trainedModel(run);
  const bias = model.outputs[0].sourceLayer.getWeights()[1].dataSync();
  model.dispose();
  return bias;
};

/** Every program that is made runs operation by operation, which is quick; what was asked for is written down. */
const asked: Execution[] = [];
const createProgram = programs.createProgram;
const spy = spyOn(programs, 'createProgram').mockImplementation((execution) => {
  asked.push(execution);
  return createProgram(EAGER);
});
afterAll(() => spy.mockRestore());

/** How training and evaluation at either resolution compute: all alike, as the experiment says. */
const execution: Outcome = async (loaded) => {
  asked.length = 0;
  const original = structuredClone(loaded);
  original.experiment.evaluation.resolution = 'original';
  for (const outcome of [() => training(loaded), () => evaluation(loaded), () => evaluation(original)]) await outcome();
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map((each) => JSON.stringify(each))).size).toBe(1);
  return asked[0];
};

const scores = [0.9, 0.1, 0.5].map((pixelAccuracy, index) => ({ name: `scene-${index}`, pixelAccuracy }));
const synthetic = ['data.source=synthetic'];
const own = ['data.source=folder', `data.root=${join(folder, 'own')}`];
const shared = [...own, 'data.folder.splits=fractions'];
const labelled = (name: string, value = 7, color = '[9, 9, 9]') =>
  `data.folder.labels=[{name: ${name}, value: ${value}, color: ${color}}]`;
/** Classes whose label 7 may be called anything. */
const listed =
  'data.classes=[{name: own, color: [1, 1, 1], values: [7, 8]}, {name: other, color: [2, 2, 2], values: rest}]';
const pretrained = [`model.encoder.weights=${fixture('torchvision-vgg19-bn.safetensors')}`];
const bare = [`model.encoder.weights=${fixture('keras-vgg19.h5')}`];
const compared = ['comparison={title: One, runs: [{label: Base, run: experiments/other.yaml, seeds: [1]}]}'];
const of = (run: string, label = 'Base', seeds = '[1]') =>
  `comparison={title: One, runs: [{label: ${label}, run: ${run}, seeds: ${seeds}}]}`;

const augmented = ['training.augmentation={crop: {}, color: {}, blur: {probability: 0.5, radius: [1, 2]}}'];
const sgd = ['training.optimizer.name=sgd'];

const loss = (term: string) => `training.loss=[{ ${term} }]`;

interface Effect {
  outcome: Outcome;
  /** The value that changes it; or the override, where it is an item of a list. */
  to: string;
  /** What has to be set for the key to count. */
  where?: string[];
}

const EFFECTS: Readonly<Record<string, Effect>> = {
  name: { outcome: runFolder, to: 'another' },
  description: {
    outcome: inNotebook(
      '05-comparison.ipynb',
      'question: run.experiment.description',
      ({ experiment }) => experiment.description,
    ),
    to: 'Why?',
  },
  folder: { outcome: runFolder, to: 'results/elsewhere' },
  task: { outcome: weights, to: 'classification' },
  seed: { outcome: weights, to: '2' },
  notebooks: { outcome: job, to: '[notebooks/02-model.ipynb]' },
  'data.source': { outcome: dataset, to: 'camvid' },
  'data.root': { outcome: dataset, to: join(folder, 'other') },
  'data.classes': { outcome: weights, to: 'cityscapes-19' },
  'data.size': { outcome: samples, to: '64' },
  'data.limit.train': { outcome: samples, to: '1' },
  'data.limit.validation': { outcome: samples, to: '1' },
  'data.limit.test': { outcome: samples, to: '1' },
  'data.folder.images': { outcome: ownData, to: 'pictures/{split}', where: own },
  'data.folder.masks': { outcome: ownData, to: 'more/{split}', where: own },
  'data.folder.maskSuffix': { outcome: ownData, to: '_L', where: own },
  'data.folder.colors': { outcome: ownData, to: 'true', where: own },
  'data.folder.labels.0.name': { outcome: ownData, to: labelled('car'), where: [...own, listed, labelled('road')] },
  'data.folder.labels.0.value': {
    outcome: ownData,
    to: labelled('road', 8),
    where: [...own, listed, labelled('road')],
  },
  'data.folder.labels.0.color': {
    outcome: ownData,
    to: labelled('road', 7, '[1, 1, 1]'),
    where: [...own, labelled('road')],
  },
  'data.folder.splits': { outcome: ownData, to: 'fractions', where: own },
  'data.folder.lists': { outcome: ownData, to: 'more-{split}.txt', where: [...own, 'data.folder.splits=lists'] },
  'data.folder.fractions.validation': { outcome: ownData, to: '0.5', where: shared },
  'data.folder.fractions.test': { outcome: ownData, to: '0.5', where: shared },
  'data.folder.fractions.seed': { outcome: ownData, to: '2', where: shared },
  'data.folder.sequence': { outcome: ownData, to: '.*', where: shared },
  'data.synthetic.seed': { outcome: drawn, to: '2', where: synthetic },
  'data.synthetic.width': { outcome: drawn, to: '96', where: synthetic },
  'data.synthetic.height': { outcome: drawn, to: '48', where: synthetic },
  'data.synthetic.scenes.train': { outcome: drawn, to: '2', where: synthetic },
  'data.synthetic.scenes.validation': { outcome: drawn, to: '2', where: synthetic },
  'data.synthetic.scenes.test': { outcome: drawn, to: '2', where: synthetic },
  'data.crops.train': { outcome: crops, to: '7', where: ['task=classification'] },
  'data.crops.validation': { outcome: crops, to: '7', where: ['task=classification'] },
  'model.width': { outcome: weights, to: '0.0625' },
  'model.batchNorm': { outcome: weights, to: 'false' },
  'model.decoder.name': { outcome: weights, to: 'fpn' },
  'model.decoder.width': { outcome: weights, to: '0.0625' },
  'model.encoder.name': { outcome: weights, to: 'vgg16' },
  'model.encoder.weights': { outcome: weights, to: fixture('torchvision-vgg19-bn.safetensors') },
  'model.encoder.blocks': { outcome: weights, to: '[1, 2]', where: pretrained },
  'model.encoder.batchNorm': { outcome: weights, to: 'false', where: bare },
  'model.encoder.skipBatchNorm': { outcome: weights, to: 'true', where: [...bare, 'model.encoder.batchNorm=false'] },
  'model.encoder.freeze': { outcome: weights, to: '[1]', where: pretrained },
  'model.encoder.freezeBatchNorm': {
    outcome: weights,
    to: 'false',
    where: [...pretrained, 'model.encoder.freeze=[1]'],
  },
  'training.epochs': { outcome: training, to: '1' },
  'training.batchSize': { outcome: training, to: '4' },
  'training.learningRate': { outcome: training, to: '0.01' },
  'training.learningRateDecay': { outcome: training, to: '0.5' },
  // The loss of a single layer falls in every epoch.
  'training.patience': { outcome: trainingOfItsModel, to: '1', where: ['training.epochs=5'] },
  'training.microBatch': { outcome: training, to: '2', where: ['training.batchSize=4'] },
  'training.clipNorm': { outcome: training, to: '0.01', where: sgd },
  'training.averageDecay': { outcome: training, to: '0.5' },
  'training.loss.0.name': { outcome: training, to: loss('name: dice') },
  'training.loss.0.factor': { outcome: training, to: loss('factor: 2') },
  'training.loss.0.weights': { outcome: training, to: loss('weights: enet') },
  'training.loss.0.gamma': { outcome: training, to: loss('name: focal, gamma: 1'), where: [loss('name: focal')] },
  'training.loss.0.smooth': { outcome: training, to: loss('name: dice, smooth: 100'), where: [loss('name: dice')] },
  'training.loss.0.probability': {
    outcome: training,
    to: loss('name: ohem, probability: 0.1'),
    where: [loss('name: ohem')],
  },
  'training.loss.0.keep': {
    outcome: training,
    to: loss('name: ohem, keep: 0.5, probability: 0.01'),
    where: [loss('name: ohem, probability: 0.01')],
  },
  'training.ignoreVoid': { outcome: training, to: 'true' },
  'training.schedule.name': { outcome: training, to: 'cosine' },
  'training.schedule.per': { outcome: training, to: 'step' },
  'training.schedule.warmUp': { outcome: training, to: '1.5' },
  'training.schedule.minimum': { outcome: training, to: '0.5', where: ['training.schedule.name=cosine'] },
  'training.schedule.power': { outcome: training, to: '2', where: ['training.schedule.name=polynomial'] },
  'training.schedule.rise': { outcome: training, to: '0.6', where: ['training.schedule.name=one-cycle'] },
  'training.optimizer.name': { outcome: training, to: 'sgd' },
  'training.optimizer.weightDecay': { outcome: training, to: '0.5', where: ['training.optimizer.name=adamw'] },
  'training.optimizer.momentum': { outcome: training, to: '0.5', where: sgd },
  'training.encoderLearningRateFactor': { outcome: trainingOfItsModel, to: '0.1', where: pretrained },
  'training.horizontalFlip': { outcome: training, to: 'false' },
  'training.augmentation.crop.scale': {
    outcome: training,
    to: '[0.25, 0.5]',
    where: augmented,
  },
  ...Object.fromEntries(
    ['brightness', 'contrast', 'saturation', 'hue'].map((each) => [
      `training.augmentation.color.${each}`,
      { outcome: training, to: '0.4', where: augmented },
    ]),
  ),
  'training.augmentation.blur.probability': { outcome: training, to: '1', where: augmented },
  'training.augmentation.blur.radius': { outcome: training, to: '[3, 4]', where: augmented },
  'training.own': { outcome: runFolder, to: 'loss 3fa92b10' },
  'execution.compile': { outcome: execution, to: 'false' },
  'execution.autotune': { outcome: execution, to: 'false' },
  'execution.precision': { outcome: execution, to: 'bfloat16' },
  'execution.recompute': { outcome: execution, to: 'true' },
  'evaluation.split': { outcome: evaluation, to: 'train' },
  'evaluation.resolution': { outcome: evaluation, to: 'original' },
  'evaluation.window.side': { outcome: evaluation, to: '16', where: ['evaluation.resolution=original'] },
  'evaluation.window.share': { outcome: evaluation, to: '0.5', where: ['evaluation.resolution=original'] },
  'evaluation.window.overlap': {
    outcome: evaluation,
    to: '0.8',
    where: ['evaluation.resolution=original', 'evaluation.window.side=24'],
  },
  'evaluation.window.whole': { outcome: evaluation, to: 'true', where: ['evaluation.resolution=original'] },
  'evaluation.mirror': { outcome: evaluation, to: 'true' },
  'evaluation.priorCorrection': {
    outcome: outputBias,
    to: '1',
    where: [`training.loss=[{ name: cross-entropy, weights: [${UNEQUAL}] }]`],
  },
  'evaluation.calibration': { outcome: evaluation, to: 'true' },
  'evaluation.panels': {
    outcome: inNotebook('04-evaluation.ipynb', 'tellingScenes(scenes, settings.panels)', ({ experiment }) =>
      tellingScenes(scores, experiment.evaluation.panels),
    ),
    to: '[scene-1]',
  },
  'comparison.title': {
    outcome: inNotebook(
      '05-comparison.ipynb',
      'title: run.experiment.comparison?.title',
      ({ experiment }) => experiment.comparison?.title,
    ),
    to: 'Two',
    where: compared,
  },
  'comparison.runs.0.label': {
    outcome: inNotebook('05-comparison.ipynb', 'comparedModels(run)', ({ experiment }) =>
      experiment.comparison?.runs.map(({ label }) => label),
    ),
    to: of('experiments/other.yaml', 'Other'),
    where: compared,
  },
  'comparison.runs.0.run': { outcome: needs, to: of('experiments/another.yaml'), where: compared },
  'comparison.runs.0.seeds': { outcome: needs, to: of('experiments/other.yaml', 'Base', '[1, 2]'), where: compared },
};

/** Dotted keys of all values; those of a list's items as of the first. */
function leaves(path: string[] = []): string[] {
  const keys = keysAt(path, experimentSchema);
  if (keys.length > 0) return keys.flatMap((key) => leaves([...path, key]));
  return keysAt([...path, '0'], experimentSchema).length > 0 ? leaves([...path, '0']) : [path.join('.')];
}

let root: string;
const load = (overrides: string[]) => loadExperiment('experiments/tiny.yaml', { root, set: overrides });

beforeAll(async () => {
  root = projectFolder({
    'experiments/other.yaml': 'notebooks: [notebooks/03-training.ipynb]\ndata: { source: camvid }\n',
    'experiments/another.yaml': 'extends: other.yaml\n',
    'experiments/tiny.yaml': `
notebooks: [notebooks/01-preparation.ipynb]
data:
  root: ${join(folder, 'scenes')}
  size: 32
  synthetic: { width: 64, height: 32, scenes: { train: 1, validation: 1, test: 1 } }
model: { width: ${SHARE} }
training: { epochs: 2, batchSize: 2 }
`,
  });
  for (const [place, wider] of [
    ['scenes', 0],
    ['other', 16],
  ] as const)
    for (const [split, count] of [
      ['train', 4],
      ['val', 2],
      ['test', 2],
    ] as const)
      for (let index = 0; index < count; index += 1) {
        const width = 48 + 16 * index + wider;
        const name = `ulm_${String(index).padStart(6, '0')}_000019`;
        await writeCityscapesScene(join(folder, place), split, name, { width, height: 32, maskWidth: width });
      }
  for (let index = 0; index < 20; index += 1) {
    const name = `${index < 16 ? 'train' : 'val'}/drive${index >> 1}_${index % 2}.png`;
    for (const [part, value] of [
      ['images', [1, 2, 3]],
      ['masks', [7]],
      ['more', [8]],
    ] as const)
      await writePicture(join(folder, 'own', part, name), 32, 32, () => [...value]);
  }
  for (const [list, names] of [
    ['train', ['drive0_0', 'drive0_1']],
    ['val', ['drive1_0']],
    ['more-train', ['drive2_0']],
    ['more-val', ['drive2_1']],
  ] as const)
    writeFileSync(join(folder, 'own', `${list}.txt`), names.join('\n'));
  // CamVid's layout in the same folder.
  for (const split of ['train', 'trainannot'])
    await writePicture(join(folder, 'scenes', split, '1.png'), 8, 4, () => (split === 'train' ? [1, 2, 3] : [1]));
});

test('every key has its effect stated here, and no other', () => {
  expect(Object.keys(EFFECTS).sort()).toEqual(leaves().sort());
});

/** What an experiment comes to without the change, which many keys share. */
const unchanged = new Map<Outcome, Map<string, unknown>>();

/** Found twice, when it is first asked for: what came out differently by itself would show no effect. */
async function withoutChange(outcome: Outcome, where: string[]): Promise<unknown> {
  const known = unchanged.get(outcome) ?? new Map<string, unknown>();
  unchanged.set(outcome, known);
  const key = JSON.stringify(where);
  if (!known.has(key)) {
    const found = await outcome(load(where));
    expect(await outcome(load(where))).toEqual(found);
    known.set(key, found);
  }
  return known.get(key);
}

test.each(Object.entries(EFFECTS))(
  '%s',
  async (key, { outcome, to, where = [] }) => {
    const change = /^[a-z.]+=/i.test(to) ? to : `${key}=${to}`;
    const before = await withoutChange(outcome, where);
    expect(await outcome(load([...where, change]))).not.toEqual(before);
  },
  60_000,
);
