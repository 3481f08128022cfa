import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '../../src/data/prepare-scene';
import type { SampleSource } from '../../src/data/sample-source';
import { experimentSchema } from '../../src/experiment/schema';
import { InterruptionError, interruptible } from '../../src/interruption';
import { groupIndexByLabelId } from '../../src/labels';
import { buildModel } from '../../src/model/build-model';
import type { ModelDescription } from '../../src/model/model-description';
import { createRandom } from '../../src/random';
import { tf } from '../../src/tensorflow/tensorflow';
import { loadCheckpoint, saveCheckpoint } from '../../src/training/checkpoint';
import { type EpochRecord, lowestLoss, readHistory, writeHistory } from '../../src/training/history';
import { train } from '../../src/training/train';
import { temporaryFolder } from '../data/fixtures';
import { EAGER } from '../tensorflow/execution';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const description: ModelDescription = {
  task: 'segmentation',
  classes: ['void', 'flat', 'construction', 'object', 'nature', 'sky', 'human', 'vehicle'],
  size: 32,
  width: 1 / 16,
  batchNorm: true,
  preprocessing: 'tf',
};

/** Scenes of a bright sky above a dark road, with a horizon that wanders: to be learned in a few steps. */
function source(seed: number, length: number): SampleSource {
  const scene = (index: number): Sample => {
    const horizon = 8 + createRandom(seed).fork(index).integer(16);
    const above = (place: number) => Math.floor(place / 32) < horizon;
    return {
      name: `scene-${index}`,
      image: Uint8Array.from({ length: 32 * 32 * 3 }, (_, place) => (above(place / 3) ? 200 : 60)),
      width: 32,
      labelIds: Uint8Array.from({ length: 32 * 32 }, (_, place) => (above(place) ? 23 : 7)),
    };
  };
  return { length, read: async (index) => scene(index) };
}

const data = { training: source(1, 10), validation: source(2, 4) };
const settings = experimentSchema.parse({
  name: 'x',
  notebooks: ['x.ipynb'],
  training: { epochs: 3, batchSize: 4, learningRate: 0.01 },
}).training;
// Compiling takes a second, and is tested with the programs; here it is on where it may change the outcome.
const options = {
  settings,
  execution: EAGER,
  seed: 5,
  preprocessing: 'tf',
  classOfLabelId: groupIndexByLabelId(),
} as const;

describe('training', () => {
  test('that is interrupted ends before its next step; the epochs before are kept', async () => {
    const model = buildModel(description, 3);
    const interruption = new AbortController();
    const [steps, epochs]: [number[], number[]] = [[], []];
    const training = interruptible(interruption.signal, () =>
      train(
        { model, data, ...options },
        {
          onStep: ({ epoch, step }) => {
            steps.push(step);
            if (epoch === 2 && step === 2) interruption.abort();
          },
          onEpoch: ({ epoch }) => {
            epochs.push(epoch);
          },
        },
      ),
    );
    await expect(training).rejects.toBeInstanceOf(InterruptionError);
    // Ten samples in batches of four.
    expect({ steps, epochs }).toEqual({ steps: [1, 2, 3, 1, 2], epochs: [1] });
    model.dispose();
  });

  test('it learns; the learning rate decays; best marks each new low of the validation loss', async () => {
    const model = buildModel(description, 3);
    const history = await train({ model, data, ...options, settings: { ...settings, epochs: 12 } });
    model.dispose();
    expect(history[11].trainingLoss).toBeLessThan(history[0].trainingLoss / 2);
    history.forEach(({ learningRate }, n) => {
      expect(learningRate).toBeCloseTo(0.01 * 0.95 ** n, 14);
    });
    history.forEach(({ best, validationLoss }, index) => {
      expect(best).toBe(history.slice(0, index).every((earlier) => validationLoss < earlier.validationLoss));
    });
  });

  const losses = async (seed: number, compile: boolean) => {
    const model = buildModel(description, seed);
    const execution = { ...EAGER, compile };
    const history = await train({ model, data, ...options, seed, settings: { ...settings, epochs: 2 }, execution });
    model.dispose();
    return history.map(({ trainingLoss, validationLoss }) => [trainingLoss, validationLoss]);
  };

  test.each([true, false])(
    'the same seed gives the same history (compile: %p)',
    async (compile) => {
      expect(await losses(1, compile)).toEqual(await losses(1, compile));
    },
    60_000,
  );

  test('another seed gives another history', async () => {
    expect(await losses(2, false)).not.toEqual(await losses(1, false));
  });

  test('tensors neither pile up from step to step nor stay behind', async () => {
    const before = tf.memory().numTensors;
    const model = buildModel(description);
    const counts: number[] = [];
    await train({ model, data, ...options }, { onStep: () => counts.push(tf.memory().numTensors) });
    expect(counts).toHaveLength(3 * 3);
    expect(new Set(counts.slice(1)).size).toBe(1);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a loss that is no number stops it, naming step, learning rate and scenes', async () => {
    const model = buildModel(description);
    const endless = { ...settings, learningRate: 1e30 };
    expect(train({ model, data, ...options, settings: endless })).rejects.toThrow(
      /epoch \d, step \d: the loss is .*scene-/,
    );
    await Bun.sleep(0);
  });
});

describe('batch normalisation has more than one value per channel', () => {
  // At 32 pixels the bottleneck is a single one, so there a batch of one is one value: variance 0, whatever the scene.
  const problem = async (
    batchSize: number,
    length: number,
    other: Partial<ModelDescription> = {},
    microBatch: number | null = null,
  ) => {
    const model = buildModel({ ...description, ...other });
    const scenes = { ...data, training: source(1, length) };
    const outcome = train({
      model,
      data: scenes,
      ...options,
      settings: { ...settings, epochs: 1, batchSize, microBatch },
    });
    const message = await outcome.then(
      () => '',
      (error: Error) => `${error.name}: ${error.message}`,
    );
    model.dispose();
    return message;
  };

  test('a batch of one is refused, with the way out', async () => {
    expect(await problem(1, 3)).toMatch(
      /bottleneck_conv1_bn: a batch of 1 has one value per channel at 1x1.*\n.*data.size/,
    );
  });

  test('so is an epoch whose last batch is of one: 9 samples are 4 + 4 + 1', async () => {
    expect(await problem(4, 9)).toContain('a batch of 1, the last of 9 samples in batches of 4, has one value');
    expect(await problem(4, 1)).toContain('a batch of 1 has one value per channel');
  });

  test('and a part of one: 4 samples are 3 + 1', async () => {
    const message = await problem(4, 8, {}, 3);
    expect(message).toContain('a batch of 1, what is left of a batch in parts of 3, has one value');
    expect(message).toContain('set training.microBatch to what leaves no single sample over');
    expect(await problem(4, 8, {}, 1)).toContain('set training.microBatch to 2 or more');
  });

  test('two are enough, and so is a model without batch normalisation', async () => {
    expect(await problem(4, 6)).toBe('');
    expect(await problem(1, 1, { batchNorm: false })).toBe('');
  });
});

describe('checkpoints', () => {
  const checkpoint = join(folder, 'checkpoint');
  const model = buildModel(description, 9);
  const image = tf.randomUniform([1, 32, 32, 3], -1, 1, 'float32', 3);
  const predict = (from: tf.LayersModel) => [...(from.predict(image) as tf.Tensor).dataSync()];
  const save = (epoch: number) => saveCheckpoint(checkpoint, model, { ...description, epoch, validationLoss: 0.5 });

  test('a loaded model predicts what the saved one did, and knows what it is', async () => {
    tf.tidy(() => model.apply(tf.randomNormal([4, 32, 32, 3]), { training: true }) as tf.Tensor); // moves the running statistics
    await save(1);
    const loaded = loadCheckpoint(checkpoint);
    expect(predict(loaded.model)).toEqual(predict(model));
    expect(loaded.metadata).toMatchObject({ ...description, epoch: 1, validationLoss: 0.5 });
    loaded.model.dispose();
  });

  test('stock TensorFlow.js loads it, fused layers and all', async () => {
    await save(1);
    const stock = await tf.loadLayersModel(`file://${join(checkpoint, 'model.json')}`);
    const [ours, theirs] = [predict(model), predict(stock)];
    ours.forEach((value, index) => {
      expect(theirs[index]).toBeCloseTo(value, 4);
    });
    stock.dispose();
  });

  test('saving again leaves one set of weights', async () => {
    await save(2);
    await save(3);
    expect(readdirSync(checkpoint).sort()).toEqual(['model.json', 'weights-epoch-3.bin']);
  });

  test('cut short, altered, missing: each is named, nothing is half loaded', async () => {
    await save(4);
    const weights = join(checkpoint, 'weights-epoch-4.bin');
    const before = tf.memory().numTensors;
    const bytes = readFileSync(weights);
    truncateSync(weights, bytes.length - 4);
    expect(() => loadCheckpoint(checkpoint)).toThrow(`${bytes.length - 4} bytes of weights`);
    const damaged = Buffer.from(bytes);
    damaged.writeFloatLE(damaged.readFloatLE(400) + 1, 400);
    writeFileSync(weights, damaged);
    expect(() => loadCheckpoint(checkpoint)).toThrow(/weights-epoch-4.bin: SHA-256 .* promises/);
    writeFileSync(join(checkpoint, 'model.json'), '{');
    expect(() => loadCheckpoint(checkpoint)).toThrow('is not JSON');
    expect(() => loadCheckpoint(join(folder, 'none'))).toThrow('no weights there');
    expect(tf.memory().numTensors).toBe(before);
    expect(existsSync(weights)).toBe(true);
  });
});

test('the epoch whose checkpoint is kept: the lowest loss, the earliest of equals, the last that was the best', () => {
  const losses = [0.9, 0.7, 0.8, 0.5, 0.5];
  const history = losses.map((validationLoss, index) => {
    const best = losses.slice(0, index).every((earlier) => validationLoss < earlier);
    return { epoch: index + 1, validationLoss, best } as EpochRecord;
  });
  expect(history.map(({ best }) => best)).toEqual([true, true, false, true, false]);
  expect(lowestLoss(history)?.epoch).toBe(4);
  expect(lowestLoss([])).toBeUndefined();
});

test('history goes to JSON lines and back', () => {
  const record: EpochRecord = {
    epoch: 1,
    learningRate: 0.001,
    trainingLoss: 1.5,
    validationLoss: 1.25,
    validationAccuracy: 0.5,
    seconds: 2,
    best: true,
  };
  const records = [record, { ...record, epoch: 2 }];
  writeHistory(join(folder, 'history'), records);
  expect(readFileSync(join(folder, 'history', 'history.jsonl'), 'utf8').split('\n')).toHaveLength(3);
  expect(readHistory(join(folder, 'history'))).toEqual(records);
});
