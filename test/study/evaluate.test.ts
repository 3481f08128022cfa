import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openRun, type Run } from '../../src/experiment/run-folder';
import { modelConfusionMatrix } from '../../src/study/compared-model';
import { comparedModels } from '../../src/study/comparison';
import { makeDependencies } from '../../src/study/dependencies';
import { evaluateRun } from '../../src/study/evaluate';
import { isIntact } from '../../src/study/intact';
import { readMetricsFile } from '../../src/study/metrics-files';
import { readRunResults } from '../../src/study/results';
import { isTrained } from '../../src/study/standing';
import { recordedEvaluation } from '../../src/study/stored-evaluation';
import { trainRun } from '../../src/study/train';
import { temporaryFolder, writePicture } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

interface TinyOptions {
  seed?: number;
  scenes?: number;
  evaluation?: object;
  classes?: object;
}

/** A run of a U-Net of a sixteenth of the width, on four streets drawn with the seed `scenes`. */
function newRun(
  name: string,
  { seed = 3, scenes = 1, evaluation = { split: 'test' }, classes }: TinyOptions = {},
): Run {
  const synthetic = { seed: scenes, width: 64, height: 32, scenes: { train: 4, validation: 2, test: 2 } };
  const experiment = {
    name: 'tiny',
    folder: join(folder, name),
    notebooks: ['none.ipynb'],
    seed,
    data: { source: 'synthetic', size: 32, root: join(folder, `scenes-${scenes}`), synthetic, classes },
    model: { width: 1 / 16 },
    training: { epochs: 2, batchSize: 2 },
    execution: { compile: false },
    evaluation,
  };
  writeFileSync(join(folder, `${name}.yaml`), stringify(experiment));
  return openRun(join(folder, `${name}.yaml`));
}

/** How many scenes had to be looked at for an evaluation. */
async function evaluated(run: Run): Promise<number> {
  let scenes = 0;
  await evaluateRun(run, (done) => {
    scenes = done;
  });
  return scenes;
}

function compare(...names: string[]): Run {
  const runs = names.map((name) => ({ label: name, run: join(folder, name) }));
  const experiment = {
    name: 'report',
    folder: join(folder, 'report'),
    notebooks: ['none.ipynb'],
    comparison: { title: 't', runs },
  };
  writeFileSync(join(folder, 'report.yaml'), stringify(experiment));
  return openRun(join(folder, 'report.yaml'));
}

let run: Run;
beforeAll(async () => {
  run = newRun('one');
  await trainRun(run);
}, 60_000);

test('a training is evaluated in several ways, each in its folder, and trained for none of them', async () => {
  const weights = readFileSync(run.path('checkpoints/best/model.json'), 'utf8');
  const onTest = await evaluateRun(run);
  const onValidation = await evaluateRun(newRun('one', { evaluation: { split: 'validation' } }));
  const whole = await evaluateRun(newRun('one', { evaluation: { split: 'test', resolution: 'original' } }));
  const panels = newRun('one', { evaluation: { split: 'test', panels: 1 } });
  expect(await evaluated(panels)).toBe(0);
  expect(onTest.folder).toMatch(/^evaluations\/test-training-[0-9a-f]{8}$/);
  expect(readdirSync(run.path('evaluations'))).toHaveLength(3);
  expect(new Set([onTest, onValidation, whole].map(({ record }) => record.data)).size).toBe(2);
  expect(whole.record.data).toBe(onTest.record.data);
  expect(await isTrained(run)).toBe(true);
  expect(readFileSync(run.path('checkpoints/best/model.json'), 'utf8')).toBe(weights);
  const { evaluation } = readMetricsFile(run.path(onTest.folder));
  expect(evaluation).toEqual(onTest.record);
  expect(evaluation).toMatchObject({
    split: 'test',
    scenes: 2,
    checkpoint: { epoch: expect.any(Number) },
    execution: { compile: false },
  });
}, 60_000);

test('mirroring and calibration are evaluations of their own, and say so', async () => {
  const evaluation = { split: 'test', mirror: true, calibration: true };
  const both = newRun('one', { evaluation });
  const made = await evaluateRun(both);
  const plain = await evaluateRun(newRun('one'));
  const whole = await evaluateRun(newRun('one', { evaluation: { ...evaluation, resolution: 'original' } }));
  expect(new Set([made, plain, whole].map(({ folder: own }) => own)).size).toBe(3);
  expect(made.setting).toBe(`${plain.setting}, also in the mirror`);
  expect(plain.calibration).toBeUndefined();
  const pixels = ({ calibration = [] }: typeof made) => calibration.reduce((sum, bin) => sum + bin.pixels, 0);
  expect([pixels(made), pixels(whole)]).toEqual([2 * 32 * 32, 2 * 64 * 32]);
  expect(await recordedEvaluation(both)).toEqual(made);
  const { expectedCalibrationError: error } = readMetricsFile(both.path(made.folder)).calibration!;
  const shown = readRunResults(both.path()).evaluations.find(({ folder: own }) => own === made.folder);
  expect(shown?.scores['expected calibration error']).toBe(error);
}, 60_000);

test('what was recorded is read back as it was', async () => {
  const made = newRun('again');
  await trainRun(made);
  const first = await evaluateRun(made);
  expect(await recordedEvaluation(made)).toEqual(first);
  expect(await evaluated(made)).toBe(0);
}, 60_000);

describe('an evaluation is stale', () => {
  test('when a scene was edited, and then made again', async () => {
    run = newRun('one');
    await evaluateRun(run);
    expect(await isIntact(run)).toBe(true);
    const masks = join(folder, 'scenes-1/gtFine/test');
    const [mask] = readdirSync(masks, { recursive: true, encoding: 'utf8' }).filter((name) => /labelIds/.test(name));
    const kept = readFileSync(join(masks, mask));
    await writePicture(join(masks, mask), 64, 32, () => [7]);
    expect(await isIntact(run)).toBe(false);
    expect(await recordedEvaluation(run)).toBeUndefined();
    expect(await evaluated(run)).toBe(2);
    writeFileSync(join(masks, mask), kept);
    expect(await evaluated(run)).toBe(2);
  }, 60_000);

  test('when what tells its things apart was edited, though neither pictures nor masks were', async () => {
    const before = await evaluateRun(run);
    const masks = join(folder, 'scenes-1/gtFine/test');
    const files = readdirSync(masks, { recursive: true, encoding: 'utf8' });
    const file = join(masks, files.find((name) => /instanceIds/.test(name))!);
    const kept = readFileSync(file);
    await writePicture(file, 64, 32, () => [7]);
    expect(await isIntact(run)).toBe(false);
    expect(await recordedEvaluation(run)).toBeUndefined();
    const { record } = await evaluateRun(run);
    expect(record.data).toBe(before.record.data);
    expect(record.instances).not.toBe(before.record.instances);
    writeFileSync(file, kept);
    expect((await evaluateRun(run)).record.instances).toBe(before.record.instances);
    expect(await isTrained(run)).toBe(true);
  }, 60_000);

  test('when the checkpoint is another one, and is not shown', async () => {
    const other = newRun('other', { seed: 4 });
    await trainRun(other);
    await evaluateRun(other);
    expect(readRunResults(other.path()).evaluations).toHaveLength(1);
    for (const file of readdirSync(run.path('checkpoints/best')))
      copyFileSync(run.path('checkpoints/best', file), other.path('checkpoints/best', file));
    expect(readRunResults(other.path())).toMatchObject({ evaluations: [], setting: undefined });
    expect(await recordedEvaluation(other)).toBeUndefined();
  }, 60_000);
});

describe('a comparison', () => {
  test('of runs on the same scenes goes by their evaluations, which are made where they are missing', async () => {
    await trainRun(newRun('second', { seed: 5 }));
    const report = compare('one', 'second');
    await expect(comparedModels(report)).rejects.toThrow('second: its evaluation is missing');
    await makeDependencies(join(folder, 'report.yaml'));
    const { models } = await comparedModels(report);
    expect(models.map(({ label }) => label)).toEqual(['one', 'second']);
    // Two scenes of 32 x 32 pixels; of both runs together twice as many.
    const both = { ...models[0], runs: models.flatMap(({ runs }) => runs) };
    const pixels = [models[0], both].map((model) => modelConfusionMatrix(model, 'groups-8').counts);
    expect(pixels.map((counts) => counts.reduce((sum, each) => sum + each))).toEqual([2048, 4096]);
  }, 60_000);

  test('of runs on other scenes is refused, which differ being said', async () => {
    const elsewhere = newRun('elsewhere', { scenes: 2 });
    await trainRun(elsewhere);
    await evaluateRun(elsewhere);
    await expect(comparedModels(compare('one', 'elsewhere'))).rejects.toThrow(
      /not evaluated on the same. scenes of .*elsewhere: 2, fingerprint [0-9a-f]{16}; of .*one: 2, fingerprint/,
    );
    const onValidation = newRun('elsewhere', { scenes: 2, evaluation: { split: 'validation' } });
    await evaluateRun(onValidation);
    await expect(comparedModels(compare('one', 'elsewhere'))).rejects.toThrow(
      /split of .*elsewhere: validation; of .*one: test/,
    );
  }, 60_000);

  test('of classes that stand for other labels is refused, though they are called the same', async () => {
    const colors = { ground: [128, 64, 128], other: [0, 0, 0] };
    for (const [name, values] of Object.entries({ road: [7], 'road-and-pavement': [7, 8] })) {
      const ground = { name: 'ground', color: colors.ground, values };
      const run = newRun(name, { classes: [ground, { name: 'other', color: colors.other, values: 'rest' }] });
      await trainRun(run);
      await evaluateRun(run);
    }
    await expect(comparedModels(compare('road', 'road-and-pavement'))).rejects.toThrow(
      /classes of .*pavement: \[\["ground",\[7,8\]\],.* of .*road: \[\["ground",\[7\]\],/,
    );
  }, 60_000);

  test('of a run whose data has changed since it was trained is refused, nothing being evaluated', async () => {
    const changed = newRun('changed', { scenes: 4 });
    await trainRun(changed);
    const masks = join(folder, 'scenes-4/gtFine/train');
    const [mask] = readdirSync(masks, { recursive: true, encoding: 'utf8' }).filter((name) => /labelIds/.test(name));
    await writePicture(join(masks, mask), 64, 32, () => [7]);
    compare('one', 'changed');
    await expect(makeDependencies(join(folder, 'report.yaml'))).rejects.toThrow(
      /changed holds 2 epochs of another training/,
    );
    expect(existsSync(changed.path('evaluations'))).toBe(false);
  }, 60_000);
});
