/**
 * Cityscapes' own evaluator as the reference for this project's official-7. What it said of the masks in test/fixtures is stored
 * there; where a Python has cityscapesScripts (in .venv, or named by CITYSCAPESSCRIPTS_PYTHON), it is asked again, and
 * about predictions made here.
 */
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classSet } from '../../src/data/classes';
import { readInstanceIds } from '../../src/data/instances';
import { maskValues, openMask } from '../../src/data/mask';
import { openCityscapes } from '../../src/data/sources/cityscapes';
import { evaluatePredictions, type ScenePrediction } from '../../src/evaluation/evaluate';
import { InstanceIou } from '../../src/evaluation/instance-iou';
import type { Metrics } from '../../src/evaluation/metrics';
import { experimentSchema } from '../../src/experiment/schema';
import { GROUP_NAMES, groupIndexByLabelId, labelIdByGroupIndex, labelNamed } from '../../src/labels';
import { buildModel } from '../../src/model/build-model';
import type { ModelDescription } from '../../src/model/model-description';
import { predictionPng } from '../../src/publishing/predict-pictures';
import { createRandom } from '../../src/random';
import { evaluateSplit } from '../../src/study/evaluate-split';
import { loadCheckpoint, saveCheckpoint } from '../../src/training/checkpoint';
import { temporaryFolder, writePicture } from '../data/fixtures';
import { tinyDescription } from '../model/tiny-model';
import { describeUnless } from '../skipping';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** What `cityscapes-evaluator.py evaluate` prints. */
interface Scores {
  /** Of the labels that are evaluated. */
  classes: Record<string, number | null>;
  meanOfClasses: number;
  categories: Record<string, number | null>;
  mean: number;
  /** iIoU, where the truth has instances. */
  instances?: {
    labels: Record<string, number | null>;
    categories: Record<string, number | null>;
    meanOfLabels: number;
    meanOfCategories: number;
  };
}

const FIXTURES = join(import.meta.dir, '..', 'fixtures');
const EVALUATOR = join(FIXTURES, 'cityscapes-evaluator.py');
const stored = JSON.parse(readFileSync(join(FIXTURES, 'cityscapes', 'scores.json'), 'utf8')) as Record<string, Scores>;

const python = (() => {
  const named = process.env.CITYSCAPESSCRIPTS_PYTHON;
  const candidates = named ? [named] : [join(import.meta.dir, '..', '..', '.venv', 'bin', 'python')];
  const found = candidates.find((file) => {
    const probe = ['-c', 'import cityscapesscripts.evaluation.evalPixelLevelSemanticLabeling'];
    return Bun.spawnSync(['sh', '-c', 'exec "$0" "$@"', file, ...probe], { stderr: 'ignore' }).exitCode === 0;
  });
  if (named && !found) throw new Error(`CITYSCAPESSCRIPTS_PYTHON=${named} has no cityscapesScripts`);
  return found;
})();

function askEvaluator(truth: string, predictions: string): Scores {
  const { stdout, stderr, exitCode } = Bun.spawnSync([python!, EVALUATOR, 'evaluate', truth, predictions]);
  if (exitCode !== 0) throw new Error(`${stdout}${stderr}`);
  return JSON.parse(stdout.toString());
}

/** Not nearly: the very same numbers. */
function expectSame({ groups, meanIou }: Metrics, scores: Scores): void {
  const ours = Object.fromEntries(groups.map(({ group, iou }) => [group, Number.isNaN(iou) ? null : iou]));
  expect<Scores['categories']>({ void: null, ...ours }).toEqual(scores.categories);
  expect(meanIou).toBe(scores.mean);
}

const valuesOf = async (file: string) => (await maskValues(await openMask(file))) as Uint8Array;

/** Truth and predictions of a fixture, as this project reads them. */
async function* fixtureScenes(name: string, set = classSet('groups-8')): AsyncGenerator<ScenePrediction> {
  const city = join(FIXTURES, 'cityscapes', name, 'gtFine', name);
  for (const file of readdirSync(city).sort()) {
    const predicted = join(FIXTURES, 'cityscapes', name, 'predicted', name, file.replace('_gtFine', ''));
    const predictedGroups = (await valuesOf(predicted)).map((id) => set.classOfLabelId[id]);
    yield { name: file, width: 64, height: 32, labelIds: await valuesOf(join(city, file)), predictedGroups };
  }
}

describe('what cityscapesScripts said of stored masks, this project says too', () => {
  test.each([
    ['all', 'every label, every group, void in truth and prediction', []],
    ['absent', 'a group that neither holds has no score', ['human']],
    ['imagined', 'a group that is predicted and never there scores 0', []],
  ])('%s: %s', async (name, _, absent) => {
    const { metrics } = await evaluatePredictions(fixtureScenes(name), classSet('groups-8'));
    expectSame(metrics['official-7'], stored[name]);
    const scoreless = Object.entries(stored[name].categories).filter(([, score]) => score === null);
    expect(scoreless.map(([group]) => group)).toEqual(['void', ...absent]);
  });

  test('classes: the class IoU of cityscapes-19, and the category IoU of the same predictions', async () => {
    const set = classSet('cityscapes-19');
    const { metrics } = await evaluatePredictions(fixtureScenes('classes', set), set);
    const { groups, meanIou } = metrics['cityscapes-19'];
    const ours = Object.fromEntries(groups.map(({ group, iou }) => [group, Number.isNaN(iou) ? null : iou]));
    expect(ours).toEqual(stored.classes.classes);
    expect(ours).toMatchObject({ truck: 0, train: null }); // never predicted; in neither
    expect(meanIou).toBe(stored.classes.meanOfClasses);
    expectSame(metrics['official-7'], stored.classes);
  });

  test('iIoU of every label and group, by instances of all sizes', async () => {
    const iou = new InstanceIou();
    const city = join(FIXTURES, 'cityscapes/instances/gtFine/instances');
    const names = readdirSync(city).flatMap((file) => file.match(/^(.*)_gtFine_labelIds\.png$/)?.[1] ?? []);
    expect(names).toHaveLength(2);
    for (const name of names.sort()) {
      const instances = await readInstanceIds(join(city, `${name}_gtFine_instanceIds.png`), { width: 64, height: 32 });
      const predicted = join(FIXTURES, 'cityscapes/instances/predicted/instances', `${name}_labelIds.png`);
      iou.add(await valuesOf(join(city, `${name}_gtFine_labelIds.png`)), instances, await valuesOf(predicted));
    }
    const { labels, groups, meanOfLabels, meanOfGroups } = iou.scores();
    const theirs = stored.instances.instances!;
    const numbers = (scores: Record<string, number | null>) =>
      Object.fromEntries(Object.entries(scores).filter(([, score]) => score !== null));
    expect<object>(labels).toEqual(numbers(theirs.labels));
    expect<object>(groups).toEqual(numbers(theirs.categories));
    expect([meanOfLabels, meanOfGroups]).toEqual([theirs.meanOfLabels, theirs.meanOfCategories]);
    // A label that was predicted and is nowhere scores 0, and caravans do not count.
    expect(labels.train).toBe(0);
    expect(theirs.labels.caravan).toBeNull();
  });

  test('the masks hold what they are meant to test', async () => {
    const void_ = GROUP_NAMES.indexOf('void');
    const [truths, predictions] = [new Set<number>(), new Set<number>()];
    for await (const { labelIds, predictedGroups } of fixtureScenes('all')) {
      for (const id of labelIds) truths.add(id);
      for (const group of predictedGroups) predictions.add(group);
    }
    expect(truths.size).toBe(34);
    expect(predictions).toContain(void_);
    expect(stored.imagined.categories.human).toBe(0);
  });
});

test('an exported group is a label of that group which the evaluator counts', () => {
  const ids = [...labelIdByGroupIndex()];
  expect(ids).toEqual(
    ['unlabeled', 'road', 'building', 'traffic sign', 'vegetation', 'sky', 'person', 'car'].map(
      (name) => labelNamed(name).id,
    ),
  );
  expect(ids.map((id) => groupIndexByLabelId()[id])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

const reason = !python && 'no Python has cityscapesScripts: name one by CITYSCAPESSCRIPTS_PYTHON';
describeUnless(reason, 'asked again, the real evaluator', () => {
  test.each(Object.keys(stored))(
    'says what is stored: %s',
    (name) => {
      const at = (kind: string) => join(FIXTURES, 'cityscapes', name, kind);
      expect(askEvaluator(at('gtFine'), at('predicted'))).toEqual(stored[name]);
    },
    20_000,
  );

  const root = join(folder, 'cityscapes');
  const [width, height] = [96, 48];
  const names = ['ulm_000000_000019', 'ulm_000001_000019'];
  const random = createRandom(3);
  /** Patches of 6x6 pixels, each of one draw. */
  const patches = <T>(draw: () => T) => {
    const coarse = Array.from({ length: (width / 6) * (height / 6) }, draw);
    return (row: number, column: number) => coarse[Math.floor(row / 6) * (width / 6) + Math.floor(column / 6)];
  };

  test('scores random groups that were exported here as this project does', async () => {
    const groups = names.map(() => Uint8Array.from({ length: width * height }, () => random.integer(8)));
    const scenes: ScenePrediction[] = [];
    for (const [index, name] of names.entries()) {
      const truth = patches(() => random.integer(34));
      const mask = join(root, 'gtFine/val/ulm', `${name}_gtFine_labelIds.png`);
      await writePicture(mask, width, height, (row, column) => [truth(row, column)]);
      await writePicture(join(root, 'leftImg8bit/val/ulm', `${name}_leftImg8bit.png`), width, height, (row, column) => {
        const id = truth(row, column);
        return [(id * 7) % 256, (id * 53) % 256, 255 - id];
      });
      const png = await predictionPng(
        { width, height, pixels: new Uint8Array() },
        groups[index],
        classSet('groups-8'),
        'cityscapes',
      );
      mkdirSync(join(folder, 'random'), { recursive: true });
      writeFileSync(join(folder, 'random', `${name}_labelIds.png`), png);
      scenes.push({ name, width, height, labelIds: await valuesOf(mask), predictedGroups: groups[index] });
    }
    const { metrics } = await evaluatePredictions(
      (async function* () {
        yield* scenes;
      })(),
      classSet('groups-8'),
    );
    expectSame(metrics['official-7'], askEvaluator(join(root, 'gtFine/val'), join(folder, 'random')));
  }, 20_000);

  test('scores `roadseg predict --format cityscapes` as evaluation.resolution: original does', async () => {
    const description: ModelDescription = { ...tinyDescription, preprocessing: 'tf' };
    const run = join(folder, 'run');
    const model = buildModel(description, 5);
    await saveCheckpoint(join(run, 'checkpoints/best'), model, { ...description, epoch: 1, validationLoss: 1 });
    model.dispose();

    const out = join(folder, 'predicted');
    const pictures = join(root, 'leftImg8bit/val');
    const command = ['src/cli.ts', 'predict', pictures, '--run', run, '--format', 'cityscapes', '--out', out];
    const { exitCode, stderr } = Bun.spawnSync([process.execPath, ...command], { stderr: 'pipe' });
    expect(`${exitCode} ${exitCode === 0 ? '' : stderr}`).toBe('0 ');
    expect(readdirSync(join(out, 'ulm')).sort()).toEqual(names.map((name) => `${name}_labelIds.png`));

    const experiment = experimentSchema.parse({
      name: 'x',
      notebooks: ['x.ipynb'],
      evaluation: { resolution: 'original' },
    });
    const checkpoint = loadCheckpoint(run);
    const { metrics } = await evaluateSplit(checkpoint, openCityscapes(root), experiment);
    checkpoint.model.dispose();
    expectSame(metrics['official-7'], askEvaluator(join(root, 'gtFine/val'), out));
    const seen = new Set(await valuesOf(join(out, 'ulm', `${names[0]}_labelIds.png`)));
    expect(seen.size).toBeGreaterThan(1);
  }, 60_000);
});
