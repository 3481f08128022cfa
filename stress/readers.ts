/**
 * Every kind of file that the project reads, a sound one to begin with, and how it is read. A reader returns when it
 * accepts the file, after it has looked at what came out of it, and else throws.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listRuns } from '../src/commands/inspection/find-runs';
import { runListText } from '../src/commands/inspection/run-list';
import { runText } from '../src/commands/inspection/run-text';
import { readPicture } from '../src/data/picture';
import { prepareScene } from '../src/data/prepare-scene';
import { PreparedScenes } from '../src/data/sample-source';
import { openCityscapes } from '../src/data/sources/cityscapes';
import { writeSyntheticCityscapes } from '../src/data/sources/synthetic-files';
import { loadExperiment } from '../src/experiment/load';
import { planSweep } from '../src/experiment/sweep/plan';
import { buildModel } from '../src/model/build-model';
import { readPretrained } from '../src/model/weights/pretrained-source';
import { readNotebook } from '../src/runner/notebooks/notebook';
import { injectParameters, parseParameters } from '../src/runner/notebooks/parameters';
import { metricsMarkdown, readMetricsFile } from '../src/study/metrics-files';
import { readRunResults } from '../src/study/results';
import { trainRun } from '../src/study/train';
import { stateTensors } from '../src/tensorflow/optimizer';
import { tf } from '../src/tensorflow/tensorflow';
import { loadCheckpoint, restoreCheckpoint, saveCheckpoint } from '../src/training/checkpoint';
import { parseHistory } from '../src/training/history';
import { ROOT } from './processes';
import { tinyRun } from './tiny-run';

export interface Reader {
  name: string;
  kind: 'binary' | 'text' | 'png';
  /** The file that is damaged; sound when it is handed out. */
  file: string;
  read: () => unknown;
  /** Whatever is wrong with such a file is passed over, by design, and so no error need name it. */
  lenient?: true;
  /** Other files that may be named instead, since they are read together. */
  beside?: string[];
}

/** @param folder an empty one, where the files are put */
export async function readers(folder: string): Promise<Reader[]> {
  const inFolder = (...parts: string[]) => join(folder, ...parts);
  mkdirSync(inFolder('results'), { recursive: true });
  const run = tinyRun(inFolder('results'), 'run', { epochs: 2 });
  await trainRun(run);

  const scenes = inFolder('scenes');
  const synthetic = { seed: 1, width: 96, height: 48, scenes: { train: 1, validation: 0, test: 0 } };
  await writeSyntheticCityscapes(scenes, synthetic);
  const dataset = openCityscapes(scenes);
  const [scene] = dataset.splits.train;
  const cache = inFolder('cache');
  const prepared = new PreparedScenes(dataset, dataset.splits.train, 32, cache);
  const { labelIds } = await prepared.read(0);
  const sound = Buffer.from(labelIds);
  const [sample] = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sample'));

  const copied = (from: string, name: string): string => {
    mkdirSync(inFolder('files'), { recursive: true });
    copyFileSync(join(ROOT, from), inFolder('files', name));
    return inFolder('files', name);
  };
  const weights = (from: string): Reader => {
    const file = copied(join('test/fixtures', from), from);
    return { name: from, kind: 'binary', file, read: () => readPretrained(file) };
  };
  const weightsOf = (name: string, file: string, folderOfIt: string, kind: Reader['kind']): Reader => ({
    name,
    kind,
    file,
    read: () => readPretrained(folderOfIt),
  });

  mkdirSync(inFolder('manifest'));
  const values = Buffer.from(new Float32Array(64).fill(0.5).buffer);
  writeFileSync(inFolder('manifest/shard.bin'), values);
  const entries = [
    { name: 'block1_conv1/kernel', shape: [3, 3, 3, 2], dtype: 'float32' },
    { name: 'block1_conv1/bias', shape: [10], dtype: 'float32' },
  ];
  const manifest = inFolder('manifest/weights_manifest.json');
  writeFileSync(manifest, JSON.stringify([{ paths: ['shard.bin'], weights: entries }], null, 1));

  const model = buildModel({
    task: 'segmentation',
    classes: ['a', 'b'],
    size: 32,
    width: 1 / 32,
    batchNorm: true,
    preprocessing: 'tf',
  });
  const description = {
    task: 'segmentation' as const,
    classes: ['a', 'b'],
    size: 32,
    width: 1 / 32,
    batchNorm: true,
    preprocessing: 'tf' as const,
  };
  const checkpoint = inFolder('checkpoint');
  const zeros = () => model.trainableWeights.map(({ shape }) => tf.zeros(shape as number[]));
  const optimizer = { steps: 3, slots: { firstMoment: zeros(), secondMoment: zeros() } };
  await saveCheckpoint(checkpoint, model, { ...description, epoch: 1, validationLoss: 1 }, optimizer);
  const fromCheckpoint = (place: string, name: string): Reader => ({
    name: `${basename(place)}: ${name}`,
    kind: name.endsWith('.json') ? 'text' : 'binary',
    file: join(place, name),
    beside: ['model.json'],
    read: () => {
      loadCheckpoint(place).model.dispose();
      tf.dispose(stateTensors(restoreCheckpoint(place, model)));
    },
  });

  // One as older versions wrote it, without checksums and names of slots, so that damage gets past them.
  const older = inFolder('older');
  mkdirSync(older);
  for (const name of readdirSync(checkpoint)) copyFileSync(join(checkpoint, name), join(older, name));
  const { sha256: _, ...content } = JSON.parse(readFileSync(join(older, 'model.json'), 'utf8'));
  delete content.optimizer.sha256;
  delete content.optimizer.slots;
  for (const group of content.weightsManifest) delete group.sha256;
  writeFileSync(join(older, 'model.json'), JSON.stringify(content, null, 1));

  // Experiments are read from a project of their own.
  const project = inFolder('project');
  mkdirSync(join(project, 'experiments/sweeps'), { recursive: true });
  copyFileSync(join(ROOT, 'experiments/synthetic/base.yaml'), join(project, 'experiments/base.yaml'));
  const experiment = (name: string, from: string): Reader => {
    const file = join(project, 'experiments', name);
    const text = readFileSync(join(ROOT, from), 'utf8');
    writeFileSync(file, text.replaceAll('experiments/synthetic/base.yaml', 'experiments/base.yaml'));
    const isSweep = name.startsWith('sweeps/');
    return {
      name: `YAML: ${name}`,
      kind: 'text',
      file,
      read: () =>
        isSweep
          ? planSweep(`experiments/${name}`, { root: project })
          : loadExperiment(`experiments/${name}`, { root: project }),
    };
  };

  const notebook = copied('notebooks/03-training.ipynb', '03-training.ipynb');
  const inRun = (name: string, kind: Reader['kind'], read: () => unknown): Reader => ({
    name: `run: ${name}`,
    kind,
    file: run.path(name),
    read,
  });
  const lookBack = () => {
    const runs = listRuns(folder);
    const was = process.cwd();
    process.chdir(folder);
    try {
      return [runListText(runs), ...runs.map(runText)];
    } finally {
      process.chdir(was);
    }
  };
  writeFileSync(run.path('run.json'), JSON.stringify(RECORD, null, 1));
  writeFileSync(run.path('metrics.json'), JSON.stringify(METRICS, null, 1));

  return [
    { name: 'PNG image', kind: 'png', file: scene.image, read: () => readPicture(scene.image) },
    {
      name: 'PNG image of a scene',
      kind: 'png',
      file: scene.image,
      read: () => prepareScene(scene, 32, dataset),
    },
    {
      name: 'PNG mask',
      kind: 'png',
      file: scene.mask,
      read: () => prepareScene(scene, 32, dataset),
    },
    {
      name: 'cached sample',
      kind: 'binary',
      file: join(cache, sample),
      lenient: true,
      read: async () => {
        const again = await prepared.read(0);
        if (!sound.equals(again.labelIds)) throw new Error('the sample is another one');
      },
    },
    experiment('experiment.yaml', 'experiments/synthetic/base.yaml'),
    experiment('sweeps/sweep.yaml', 'experiments/sweeps/learning-rate.yaml'),
    {
      name: 'notebook',
      kind: 'text',
      file: notebook,
      read: async () => {
        const read = await readNotebook(notebook);
        await injectParameters(read, await parseParameters(read, ['experiment=x.yaml'], notebook), notebook);
      },
    },
    weights('keras-vgg19.h5'),
    weights('keras-vgg19.weights.h5'),
    weights('torchvision-vgg19.safetensors'),
    weights('torchvision-vgg19-bn.safetensors'),
    weightsOf('weights manifest', manifest, inFolder('manifest'), 'text'),
    {
      ...weightsOf('shard of a manifest', inFolder('manifest/shard.bin'), inFolder('manifest'), 'binary'),
      beside: ['weights_manifest.json'],
    },
    ...['model.json', 'weights-epoch-1.bin', 'optimizer-epoch-1.bin'].map((name) => fromCheckpoint(checkpoint, name)),
    ...['model.json', 'weights-epoch-1.bin', 'optimizer-epoch-1.bin'].map((name) => fromCheckpoint(older, name)),
    inRun('history.jsonl', 'text', () =>
      parseHistory(readFileSync(run.path('history.jsonl'), 'utf8'), run.path('history.jsonl')),
    ),
    {
      ...inRun('experiment.yaml', 'text', () => loadExperiment(run.path('experiment.yaml'))),
      name: 'run: experiment.yaml',
    },
    inRun('metrics.json', 'text', () => metricsMarkdown(readMetricsFile(run.path()))),
    ...['history.jsonl', 'experiment.yaml', 'metrics.json', 'run.json', 'provenance.json'].map(
      (name): Reader => ({
        ...inRun(name, 'text', () => [readRunResults(run.path()), lookBack()]),
        name: `look back: ${name}`,
        lenient: true,
      }),
    ),
    {
      name: 'synthetic.json',
      kind: 'text',
      file: join(scenes, 'synthetic.json'),
      read: () => writeSyntheticCityscapes(scenes, synthetic),
    },
  ];
}

const RECORD = {
  state: 'finished',
  notebooks: [{ name: 'a.ipynb', digest: '00', seconds: 1, ended: '2024-05-01T10:20:30.000Z' }],
  total: 1,
  attempts: 2,
  started: '2024-05-01T10:20:20.000Z',
  resumed: '2024-05-01T10:20:25.000Z',
  ended: '2024-05-01T10:20:30.000Z',
  seconds: 5,
};
const SCORES = {
  pixelAccuracy: 0.9,
  meanClassAccuracy: 0.8,
  meanIou: 0.7,
  groups: [{ group: 'sky', iou: null, accuracy: 1, pixels: 3 }],
};
const METRICS = {
  setting: 'Synthetic streets',
  models: [{ model: 'base', metrics: ['groups-8', 'official-7'].map((metric) => ({ metric, ...SCORES })) }],
};
