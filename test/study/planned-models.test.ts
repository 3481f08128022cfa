import { afterAll, expect, test } from 'bun:test';
import { loadExperiment } from '../../src/experiment/load';
import { planSweep } from '../../src/experiment/sweep/plan';
import { modelsOfExperiment, modelsOfSweep } from '../../src/study/planned-models';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

test('limits of a split are told as so many of its scenes, and what goes with them makes no line', () => {
  const along = { key: 'data.limit.train', of: 367 };
  const models = modelsOfSweep(planSweep('experiments/sweeps/camvid-labels.yaml'), along);
  // One in 8, 4 and 2 of 367, rounded up, and all; the epochs differ with them.
  expect(models.map(({ line, at }) => `${line} ${at}`).sort()).toEqual(
    ['camvid-base', 'camvid-pretrained'].flatMap((line) => [184, 367, 46, 92].map((at) => `${line} ${at}`)),
  );
  expect(models.map(({ runs }) => runs.map(({ experiment }) => experiment.seed))).toEqual(Array(8).fill([1, 2, 3]));
});

test('without a setting to go along, what differs tells the models apart', () => {
  const models = modelsOfSweep(planSweep('experiments/sweeps/learning-rate.yaml'), null);
  expect(models.map(({ line, at }) => [line, at]).slice(0, 2)).toEqual([
    ['width=0.125 learningRate=0.001', undefined],
    ['width=0.125 learningRate=0.003', undefined],
  ]);
});

test('losses and encoders are told by what they are', () => {
  const root = projectFolder({
    'experiments/base.yaml': 'notebooks: [t.ipynb]\ndata: { source: synthetic }\n',
    'experiments/sweeps/parts.yaml': `experiment: experiments/base.yaml
matrix:
  training.loss: [[{ name: focal }], [{ name: dice }]]
  model.encoder.name: [vgg16, resnet50]
  model.decoder.name: [u-net, fpn]
seeds: 2
`,
  });
  const models = modelsOfSweep(planSweep('experiments/sweeps/parts.yaml', { root }), null, root);
  expect(models.map(({ line }) => line).slice(3, 5)).toEqual([
    'loss=[{"name":"focal"}] encoder.name=resnet50 decoder.name=fpn',
    'loss=[{"name":"dice"}] encoder.name=vgg16 decoder.name=u-net',
  ]);
});

test('a key that is no number is refused', () => {
  const plan = planSweep('experiments/sweeps/camvid-labels.yaml');
  expect(() => modelsOfSweep(plan, { key: 'data.limit.train' })).toThrow('expected a number as data.limit.train');
});

test('a comparison gives its models, another experiment itself', () => {
  const labels = modelsOfExperiment(loadExperiment('experiments/camvid/report.yaml')).map(({ line }) => line);
  expect(labels).toEqual(['Base', 'Pre-trained']);
  const [own] = modelsOfExperiment(loadExperiment('experiments/camvid/eleven.yaml'));
  expect([own.line, own.runs.length]).toEqual(['camvid-eleven', 1]);
});
