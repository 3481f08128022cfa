import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { RunError } from '../../src/errors';
import { readProvenance } from '../../src/experiment/provenance';
import { fromTheBeginning, openRun, type Run } from '../../src/experiment/run-folder';
import { holderOf, takeFolder, WORKS_FOR_VARIABLE } from '../../src/files/folder-lock';
import { weightsHash } from '../../src/model/weights/weights-files';
import { isTrained } from '../../src/study/standing';
import { trainRun } from '../../src/study/train';
import { tf } from '../../src/tensorflow/tensorflow';
import { loadCheckpoint } from '../../src/training/checkpoint';
import { parseHistory } from '../../src/training/history';
import { temporaryFolder, writePicture } from '../data/fixtures';
import { fixture, SHARE } from '../model/weights/parity';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** A run of three steps an epoch, the last one of a smaller batch, in a folder of that name. */
function newRun(
  name: string,
  { compile = false, seed = 3, encoder = {}, epochs = 4, root = 'scenes', training = {} } = {},
): Run {
  const file = join(folder, `${name}.yaml`);
  const synthetic = { seed: 1, width: 64, height: 32, scenes: { train: 8, validation: 2, test: 0 } };
  const experiment = {
    name: 'resume',
    folder: join(folder, name),
    notebooks: ['none.ipynb'],
    seed,
    data: { source: 'synthetic', size: 32, root: join(folder, root), synthetic },
    model: { width: SHARE, encoder },
    training: { epochs, batchSize: 3, ...training },
    execution: { compile },
  };
  writeFileSync(file, stringify(experiment));
  return openRun(file);
}

/** Trains, and is stopped in the second step of an epoch, as by a kernel's death. */
async function trainUntil(run: Run, stop: number): Promise<void> {
  const training = trainRun(run, {
    onStep: ({ epoch, step }) => {
      if (epoch === stop && step === 2) throw new Error('stopped');
    },
  });
  expect(await training.catch((error: Error) => error.message)).toBe('stopped');
}

const historyOf = (run: Run) =>
  parseHistory(readFileSync(run.path('history.jsonl'), 'utf8')).map(({ seconds: _, waiting: __, ...record }) => record);

/** Every byte of both checkpoints, by file name. */
function checkpoints(run: Run): Record<string, string> {
  return Object.fromEntries(
    ['best', 'last'].flatMap((which) =>
      readdirSync(run.path('checkpoints', which)).map((file) => {
        const content = readFileSync(run.path('checkpoints', which, file));
        return [`${which}/${file}`, file.endsWith('.json') ? content.toString() : Bun.hash(content).toString(16)];
      }),
    ),
  );
}

test('one training works in a folder; the second is told who does', async () => {
  const run = newRun('held', { epochs: 2, seed: 5 });
  let refusal: unknown;
  await trainRun(run, {
    onStep: async ({ epoch, step }) => {
      if (epoch === 1 && step === 1) refusal = await trainRun(run).catch((error) => error);
    },
  });
  expect(refusal).toBeInstanceOf(RunError);
  expect((refusal as Error).message).toMatch(new RegExp(`held is in use by process ${process.pid} on `));
  expect(await trainRun(run)).toHaveLength(run.experiment.training.epochs);
});

test('a runner holds the folder for the kernels that it starts', async () => {
  const run = newRun('runner', { epochs: 2, seed: 5 });
  const lock = takeFolder(run.path());
  process.env[WORKS_FOR_VARIABLE] = String(process.pid);
  try {
    expect(await trainRun(run)).toHaveLength(run.experiment.training.epochs);
    expect(holderOf(run.path())).toMatchObject({ pid: process.pid });
  } finally {
    delete process.env[WORKS_FOR_VARIABLE];
    lock.release();
  }
});

test('interrupted twice and resumed, a training ends with the same bits as one that was never stopped', async () => {
  const whole = newRun('whole');
  await trainRun(whole);
  const before = tf.memory().numTensors;
  const run = newRun('thirds');
  await trainUntil(run, 2);
  const given = process.env.UV_THREADPOOL_SIZE;
  process.env.UV_THREADPOOL_SIZE = '7';
  await trainUntil(run, 4);
  if (given === undefined) delete process.env.UV_THREADPOOL_SIZE;
  else process.env.UV_THREADPOOL_SIZE = given;
  let resumedAfter = 0;
  const history = await trainRun(run, {
    onResume: (done) => {
      resumedAfter = done.length;
    },
  });
  expect(resumedAfter).toBe(3);
  expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  expect(historyOf(run)).toEqual(historyOf(whole));
  expect(checkpoints(run)).toEqual(checkpoints(whole));
  expect(tf.memory().numTensors).toBe(before);
  const { parts } = readProvenance(run.path())!;
  expect(parts.map(({ firstEpoch, lastEpoch }) => [firstEpoch, lastEpoch])).toEqual([
    [1, 1],
    [2, 3],
    [4, 4],
  ]);
  expect(parts.map(({ environment }) => environment.UV_THREADPOOL_SIZE)).toEqual([given, '7', given]);
  const times = parts.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]);
  expect(times).toEqual([...times].sort());
}, 60_000);

test('gradual unfreezing: a new optimizer where it changes, and the same bits when it is interrupted there', async () => {
  const weights = fixture('torchvision-vgg19-bn.safetensors');
  const encoder = { weights, freeze: [{ blocks: [1, 2], epochs: [1, 2] }] };
  const before = tf.memory().numTensors;
  const training = { averageDecay: 0.5 };
  const whole = newRun('unfreezing', { encoder, training });
  const firstFilter: number[][] = [];
  const stepsOf = (run: Run) =>
    JSON.parse(readFileSync(run.path('checkpoints', 'last', 'model.json'), 'utf8')).optimizer.steps;
  const optimizerSteps: number[] = [];
  await trainRun(whole, {
    onEpoch: () => {
      optimizerSteps.push(stepsOf(whole));
      const { model } = loadCheckpoint(whole.path('checkpoints', 'last'));
      firstFilter.push([...model.getLayer('block1_conv1').getWeights()[0].dataSync()]);
      model.dispose();
    },
  });
  // Three steps an epoch; Adam begins again in the third.
  expect(optimizerSteps).toEqual([3, 6, 3, 6]);
  expect(firstFilter[1]).toEqual(firstFilter[0]);
  expect(firstFilter[2]).not.toEqual(firstFilter[1]);
  // Before it changes, right there, and behind that.
  for (const stop of [2, 3, 4]) {
    const run = newRun(`unfreezing-${stop}`, { encoder, training });
    await trainUntil(run, stop);
    await trainRun(run);
    expect(historyOf(run)).toEqual(historyOf(whole));
    expect(checkpoints(run)).toEqual(checkpoints(whole));
  }
  expect(tf.memory().numTensors).toBe(before);
}, 60_000);

test('compiled, averaged and by other losses, optimizer and schedule it resumes to the same bits; class weights are recorded', async () => {
  const training = {
    averageDecay: 0.9,
    loss: [{ weights: 'median-frequency' }, { name: 'lovasz-softmax' }],
    ignoreVoid: true,
    optimizer: { name: 'adamw' },
    schedule: { name: 'cosine', per: 'step', warmUp: 1 },
  };
  const [whole, halves] = ['whole-other', 'halves-other'].map((name) =>
    newRun(name, { compile: true, epochs: 3, training }),
  );
  await trainRun(whole);
  const before = tf.memory().numTensors;
  await trainUntil(halves, 2);
  await trainRun(halves);
  expect(tf.memory().numTensors).toBe(before);
  expect(historyOf(halves)).toEqual(historyOf(whole));
  expect(checkpoints(halves)).toEqual(checkpoints(whole));
  const weights = readProvenance(whole.path())!.parts[0].classWeights!['cross-entropy'];
  expect(weights).toHaveLength(8);
  // Void is left out; of the classes that occur one has the median share, or two lie about it.
  expect(weights[0]).toBe(0);
  expect(Math.min(...weights.filter((weight) => weight > 0))).toBeLessThanOrEqual(1);
  expect(Math.max(...weights)).toBeGreaterThanOrEqual(1);
}, 180_000);

test('patience: a training that no longer gets better ends early, and is done', async () => {
  const run = newRun('patient', { epochs: 9, training: { patience: 2 } });
  const history = await trainRun(run);
  const best = history.filter((record) => record.best).at(-1)!.epoch;
  expect(history).toHaveLength(best + 2);
  expect(history.length).toBeLessThan(9);
  expect(await isTrained(run)).toBe(true);
  const again: number[] = [];
  await trainRun(run, { onEpoch: ({ epoch }) => void again.push(epoch) });
  expect(again).toEqual([]);
}, 60_000);

describe('a checkpoint', () => {
  let run: Run;
  let last: string;
  const epochsRun: number[] = [];
  const again = async (other = run) => {
    epochsRun.length = 0;
    await trainRun(other, { onEpoch: ({ epoch }) => void epochsRun.push(epoch) });
    return epochsRun;
  };
  beforeAll(async () => {
    run = newRun('one');
    last = run.path('checkpoints', 'last');
    await trainUntil(run, 3);
  }, 60_000);

  test('names weights and optimizer of the same epoch, and nothing else lies there', () => {
    expect(readdirSync(last).sort()).toEqual(['model.json', 'optimizer-epoch-2.bin', 'weights-epoch-2.bin']);
    const { optimizer, userDefinedMetadata } = JSON.parse(readFileSync(join(last, 'model.json'), 'utf8'));
    // Three steps an epoch.
    expect(optimizer).toMatchObject({ path: 'optimizer-epoch-2.bin', steps: 6 });
    expect(userDefinedMetadata.epoch).toBe(2);
  });

  test('is read by stock TensorFlow.js, optimizer or not', async () => {
    const model = await tf.loadLayersModel(`file://${join(last, 'model.json')}`);
    expect(model.outputs[0].shape).toEqual([null, 32, 32, 8]);
    model.dispose();
  });

  test('decides how far the training is, not the history, which is written before it', async () => {
    const file = run.path('history.jsonl');
    const records = readFileSync(file, 'utf8');
    writeFileSync(file, `${records}${records.split('\n')[1].replace('"epoch":2', '"epoch":3')}\n`);
    expect(await again()).toEqual([3, 4]);
    expect(historyOf(run).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  }, 60_000);

  test('of a complete training: nothing is trained, nothing written', async () => {
    const { mtimeMs } = statSync(join(last, 'model.json'));
    expect(await again()).toEqual([]);
    expect(statSync(join(last, 'model.json')).mtimeMs).toBe(mtimeMs);
  }, 60_000);

  test('that is damaged is named, with the way out', async () => {
    truncateSync(join(last, 'optimizer-epoch-4.bin'), 100);
    expect(await again().catch((error: Error) => error.message)).toMatch(
      /optimizer-epoch-4.bin: 100 bytes.*\n.*--fresh/,
    );
  }, 60_000);

  test('of another training is refused and kept, with what differs and the ways out', async () => {
    const other = newRun('one', { seed: 4 });
    const before = checkpoints(run);
    const message = await again(other).catch((error: Error) => error.message);
    expect(message).toMatch(/one holds 4 epochs of another training: seed was 3 and is 4\n.*--fresh/);
    await expect(isTrained(other)).rejects.toThrow('seed was 3 and is 4');
    expect(checkpoints(run)).toEqual(before);
  }, 60_000);
});

describe('what a training was made of', () => {
  const maskOf = (run: Run, split: string, index: number) => {
    const below = join(run.experiment.data.root!, 'gtFine', split);
    const masks = readdirSync(below, { recursive: true, encoding: 'utf8' }).filter((name) => /labelIds/.test(name));
    return join(below, masks.sort()[index]);
  };

  test('is its data, by content: an edited mask is noticed, a new test picture is not', async () => {
    const run = newRun('edited', { root: 'edited-scenes' });
    await trainUntil(run, 3);
    await writePicture(join(folder, 'edited-scenes/gtFine/test/x/x_000000_000000_gtFine_labelIds.png'), 8, 4, () => [
      7,
    ]);
    await writePicture(join(folder, 'edited-scenes/leftImg8bit/test/x/x_000000_000000_leftImg8bit.png'), 8, 4, () => [
      1, 2, 3,
    ]);
    expect(await isTrained(run)).toBe(false);
    const mask = maskOf(run, 'train', 0);
    const kept = readFileSync(mask);
    await writePicture(mask, 64, 32, () => [7]);
    await expect(trainRun(run)).rejects.toThrow(/holds 2 epochs of another training: the data's fingerprint was/);
    writeFileSync(mask, kept);
    expect((await trainRun(run)).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(await isTrained(run)).toBe(true);
  }, 60_000);

  test('is its weights, by content, also where they are those of a run', async () => {
    const source = newRun('source');
    await trainUntil(source, 2);
    const last = source.path('checkpoints', 'last');
    const run = newRun('taught', { encoder: { weights: last } });
    await trainRun(run);
    const { weights } = readProvenance(run.path())!;
    expect(weights).toEqual({ source: last, sha256: await weightsHash(last) });
    expect(await isTrained(run)).toBe(true);
    await trainRun(source);
    await expect(isTrained(run)).rejects.toThrow(`the encoder's weights had SHA-256 ${weights!.sha256}`);
  }, 60_000);

  test('lets more epochs go on where fewer ended, in another folder and to the same bits', async () => {
    const whole = newRun('four', { epochs: 4, seed: 8 });
    await trainRun(whole);
    const short = newRun('two', { epochs: 2, seed: 8 });
    await trainRun(short);
    const long = newRun('longer', { epochs: 4, seed: 8 });
    const trained: number[] = [];
    await trainRun(long, { onEpoch: ({ epoch }) => void trained.push(epoch) });
    expect(trained).toEqual([3, 4]);
    const { continuedFrom, parts } = readProvenance(long.path())!;
    expect(continuedFrom!.epochs).toBe(2);
    expect(resolve(continuedFrom!.folder)).toBe(resolve(short.path()));
    expect(parts.map(({ firstEpoch, lastEpoch }) => [firstEpoch, lastEpoch])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(historyOf(long)).toEqual(historyOf(whole));
    expect(checkpoints(long)).toEqual(checkpoints(whole));
    expect(await isTrained(short)).toBe(true);

    const fresh = newRun('fresh', { epochs: 4, seed: 8 });
    fromTheBeginning(fresh);
    trained.length = 0;
    await trainRun(fresh, { onEpoch: ({ epoch }) => void trained.push(epoch) });
    expect(trained).toEqual([1, 2, 3, 4]);
    expect(checkpoints(fresh)).toEqual(checkpoints(whole));
  }, 60_000);

  test('and fewer epochs in the same folder are refused', async () => {
    await expect(trainRun(newRun('two', { epochs: 1, seed: 8 }))).rejects.toThrow(
      'holds 2 epochs, and training.epochs is 1',
    );
  }, 60_000);
});
