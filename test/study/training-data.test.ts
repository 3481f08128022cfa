import { afterAll, beforeAll, expect, test } from 'bun:test';
import { batches, epochRandom } from '../../src/data/batches';
import type { Dataset } from '../../src/data/dataset';
import { openCityscapes } from '../../src/data/sources/cityscapes';
import { experimentSchema } from '../../src/experiment/schema';
import { sampleInEpochs, trainingData } from '../../src/study/training-data';
import { augmentersOf } from '../../src/training/train';
import { temporaryFolder, writeCityscapesScene } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

let dataset: Dataset;
beforeAll(async () => {
  for (const [split, count] of [
    ['train', 3],
    ['val', 1],
  ] as const)
    for (let index = 0; index < count; index += 1)
      await writeCityscapesScene(folder, split, `ulm_00000${index}_000019`, { width: 160, height: 96, maskWidth: 160 });
  dataset = openCityscapes(folder);
});

const experiment = (training: object) =>
  experimentSchema.parse({ name: 'x', notebooks: ['x.ipynb'], data: { size: 32 }, training });

test('scenes are prepared whole where squares are cut from them, and validated with as ever', async () => {
  const shape = async (training: object) => {
    const { training: train, validation } = trainingData(experiment(training), dataset);
    return Promise.all(
      [train, validation].map(async (source) => {
        const { width, labelIds } = await source.read(0);
        return [width, labelIds.length / width];
      }),
    );
  };
  expect(await shape({})).toEqual([
    [32, 32],
    [32, 32],
  ]);
  // 32 pixels of half the height: 64 high, and 64 x 160 / 96 = 107 wide.
  expect(await shape({ augmentation: { crop: { scale: [0.5, 1] } } })).toEqual([
    [107, 64],
    [32, 32],
  ]);
});

test('a sample is shown as the batches of an epoch hold it', async () => {
  const given = experiment({ augmentation: { crop: {}, color: {}, blur: {} } });
  const { training: source } = trainingData(given, dataset);
  const [, second] = await sampleInEpochs(given, dataset, { index: 1, epochs: [1, 2] });
  expect(second.name).toBe('ulm_000001_000019, epoch 2');
  const options = { batchSize: 2, preprocessing: 'tf', classOfLabelId: new Uint8Array(34) } as const;
  const random = epochRandom(given.seed, 2);
  const augmentations = augmentersOf(given.training, 32);
  const all = await Array.fromAsync(batches(source, { ...options, random, augmentations }));
  const batch = all.find(({ names }) => names.includes('ulm_000001_000019'))!;
  const place = batch.names.indexOf('ulm_000001_000019');
  expect([...batch.labelIds.slice(place * 1024, (place + 1) * 1024)]).toEqual([...second.labelIds]);
  const bytes = batch.images.slice(place * 3072, (place + 1) * 3072).map((value) => Math.round(value * 127.5 + 127.5));
  expect([...bytes]).toEqual([...second.image]);
});
