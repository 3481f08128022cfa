import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenesOf } from '../../src/data/dataset';
import { openCityscapes } from '../../src/data/sources/cityscapes';
import { DataError, ModelError, RunError } from '../../src/errors';
import { metrics } from '../../src/evaluation/metrics';
import type { Run } from '../../src/experiment/run-folder';
import { GROUP_NAMES } from '../../src/labels';
import { sealedJson, sha256 } from '../../src/model/weights/sealed-json';
import { trainRun } from '../../src/study/train';
import { metricsTable, toMarkdown } from '../../src/tables/tables';
import { loadCheckpoint } from '../../src/training/checkpoint';
import { parseHistory } from '../../src/training/history';
import { tinyRun } from '../../stress/tiny-run';
import { temporaryFolder, writeCityscapesScene } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const failure = (action: () => Promise<unknown>): Promise<Error> =>
  action().then(
    () => Promise.reject(new Error('it went well')),
    (error) => error,
  );

/** Trains, and is stopped as the given epoch begins. */
async function trainUntil(run: Run, stop: number): Promise<void> {
  const stopped = await failure(() =>
    trainRun(run, {
      onStep: ({ epoch }) => {
        if (epoch === stop) throw new Error('stopped');
      },
    }),
  );
  expect(stopped.message).toBe('stopped');
}

describe('a loss that is no number', () => {
  test('in training: epoch, step, learning rate and scenes are named, and the checkpoint before stays', async () => {
    const run = tinyRun(folder, 'training');
    await trainUntil(run, 2);
    breakOptimizer(run.path('checkpoints/last'));
    const kept = readFileSync(run.path('checkpoints/last/model.json'), 'utf8');
    const error = await failure(() => trainRun(run));
    expect(error).toBeInstanceOf(RunError);
    // Step 1 has the loss of the checkpoint's weights; its update takes the root of a negative number.
    expect(error.message).toMatch(
      /^epoch 2, step 2: the loss is NaN at learning rate 0\.00095; batch: (\w+_\d{6}_\d{6}, )\w+_/,
    );
    expect(readFileSync(run.path('checkpoints/last/model.json'), 'utf8')).toBe(kept);
    for (const which of ['best', 'last']) {
      const { model, metadata } = loadCheckpoint(run.path('checkpoints', which));
      expect(metadata.epoch).toBe(1);
      model.dispose();
    }
  }, 120_000);

  test('in validation, of weights that the last step broke: no checkpoint is made of them', async () => {
    const run = tinyRun(folder, 'validation', { learningRate: 1e38, scenes: 2 });
    const error = await failure(() => trainRun(run));
    expect(error).toBeInstanceOf(RunError);
    expect(error.message).toMatch(
      /^epoch 1, validation: the loss is (NaN|Infinity) at learning rate 1e\+38; batch: \w+_/,
    );
    expect(readdirSync(run.path())).not.toContain('checkpoints');
  }, 120_000);
});

/** Gives Adam running means of squares that are below zero, with checksums to match. */
function breakOptimizer(checkpoint: string): void {
  const file = join(checkpoint, 'optimizer-epoch-1.bin');
  const bytes = Buffer.from(new Float32Array(readFileSync(file).length / 4).fill(-1).buffer);
  writeFileSync(file, bytes);
  const { sha256: _, ...content } = JSON.parse(readFileSync(join(checkpoint, 'model.json'), 'utf8'));
  content.optimizer.sha256 = sha256(bytes);
  writeFileSync(join(checkpoint, 'model.json'), sealedJson(content));
}

describe('a checkpoint that was altered is named, however small the change', () => {
  let run: Run;
  let last: string;
  beforeAll(async () => {
    run = tinyRun(folder, 'altered');
    last = run.path('checkpoints/last');
    await trainUntil(run, 2);
  }, 120_000);

  test.each([
    ['weights-epoch-1.bin', ModelError],
    ['optimizer-epoch-1.bin', RunError],
  ])('one bit of %s', async (name, kind) => {
    const whole = readFileSync(join(last, name));
    const altered = Buffer.from(whole);
    altered[1000] ^= 1;
    writeFileSync(join(last, name), altered);
    const error = await failure(() => trainRun(run));
    writeFileSync(join(last, name), whole);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(name);
  });

  test('one digit of model.json', async () => {
    const file = join(last, 'model.json');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.replace('"epoch":1', '"epoch":2'));
    const error = await failure(() => trainRun(run));
    expect(error.message).toMatch(/model\.json: its SHA-256 is not the one it states.*\n.*--fresh/);
    expect(() => loadCheckpoint(last)).toThrow(ModelError);
    writeFileSync(file, whole);
  });

  test('what a kill left beside it, of the epoch before or half written, is removed', async () => {
    const names = readdirSync(last).sort();
    for (const name of ['weights-epoch-0.bin', `model.json.${2 ** 22}-0a0b0c0d.new`])
      writeFileSync(join(last, name), '');
    await failure(() =>
      trainRun(run, {
        onResume: () => {
          throw new Error('stopped');
        },
      }),
    );
    expect(readdirSync(last).sort()).toEqual(names);
  });

  test('a history that is gone or broken: nothing is thrown away', async () => {
    const file = run.path('history.jsonl');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, 20));
    expect((await failure(() => trainRun(run))).message).toContain('history.jsonl:1: is no record of an epoch');
    rmSync(file);
    expect((await failure(() => trainRun(run))).message).toContain('history.jsonl: holds 0 epochs');
    expect(readdirSync(last)).toHaveLength(3);
    writeFileSync(file, whole);
    expect(parseHistory(whole)).toHaveLength(1);
  });
});

test('a group that a split does not hold has no IoU: a dash in tables, and no part in the mean', () => {
  const counts = new Float64Array(64);
  const [flat, sky] = [GROUP_NAMES.indexOf('flat'), GROUP_NAMES.indexOf('sky')];
  counts[flat * 8 + flat] = 3; // of 4 pixels of road, 3 are found and one is called sky
  counts[flat * 8 + sky] = 1;
  counts[sky * 8 + sky] = 4;
  const scores = metrics({ metric: 'groups-8', classes: [...GROUP_NAMES], counts });
  expect(scores.groups.filter(({ iou }) => Number.isNaN(iou))).toHaveLength(6);
  // Road 3 / (4 + 3 - 3), sky 4 / (4 + 5 - 4), and nothing else.
  expect(scores.meanIou).toBeCloseTo((3 / 4 + 4 / 5) / 2, 12);
  expect(toMarkdown(metricsTable(scores))).toMatch(/\| human +\| +– \| +– \| +0 \|/);
});

test('a split without a scene is an error that names data set and split', async () => {
  await writeCityscapesScene(join(folder, 'cityscapes'), 'train', 'ulm_000000_000001');
  const dataset = openCityscapes(join(folder, 'cityscapes'));
  expect(() => scenesOf(dataset, 'validation')).toThrow(DataError);
  expect(() => scenesOf(dataset, 'validation')).toThrow(/no labelled scene in its validation split/);
});
