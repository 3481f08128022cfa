import { afterAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { classSet } from '../../src/data/classes';
import { openRun } from '../../src/experiment/run-folder';
import type { ComparedModel } from '../../src/study/compared-model';
import { comparedScenes } from '../../src/study/compared-scenes';
import { evaluateRun } from '../../src/study/evaluate';
import { predictedScenes } from '../../src/study/predicted-scenes';
import { trainedModel } from '../../src/study/trained-model';
import { temporaryFolder, writeCityscapesScene } from '../data/fixtures';
import { writeTinyRun } from '../publishing/tiny-run';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const NAMES = ['ulm_000000_000019', 'ulm_000001_000019', 'ulm_000002_000019'];
for (const name of NAMES) await writeCityscapesScene(folder, 'val', name, { width: 96, height: 48, maskWidth: 96 });

const { classes, classOfLabelId } = classSet('groups-8');

async function evaluatedRun(name: string, content: object) {
  const file = path.join(folder, `${name}.yaml`);
  const data = { source: 'cityscapes', root: folder, size: 32 };
  const execution = { autotune: false };
  writeFileSync(
    file,
    stringify({ name, folder: path.join(folder, name), notebooks: ['n.ipynb'], data, execution, ...content }),
  );
  const run = openRun(file);
  await writeTinyRun(run.path());
  return { run, evaluation: await evaluateRun(run) };
}

/** How many pixels of each true class were predicted as each class, [classes, classes]. */
function pairsOf(truth: ArrayLike<number>, predicted: ArrayLike<number>): number[] {
  const pairs = Array<number>(classes.length ** 2).fill(0);
  for (let pixel = 0; pixel < truth.length; pixel += 1) pairs[truth[pixel] * classes.length + predicted[pixel]] += 1;
  return pairs;
}

/** The same of the counts that an evaluation keeps, [label ids, classes]. */
function evaluatedPairs(counts: Float64Array): number[] {
  const pairs = Array<number>(classes.length ** 2).fill(0);
  for (const [cell, count] of counts.entries()) {
    const truth = classOfLabelId[Math.floor(cell / classes.length)];
    pairs[truth * classes.length + (cell % classes.length)] += count;
  }
  return pairs;
}

const WHOLE = { resolution: 'original', window: { side: 24 }, mirror: true };

test.each([
  ['square', 'the prepared square', { resolution: 'training' }, [32, 32]],
  ['whole', 'the whole picture, through its windows and in the mirror', WHOLE, [96, 48]],
])('%s: a scene is predicted as it was evaluated, %s', async (name, _, evaluation, [width, height]) => {
  const { run, evaluation: evaluated } = await evaluatedRun(name, { evaluation });
  const checkpoint = trainedModel(run);
  const scenes = [];
  for await (const scene of predictedScenes(checkpoint, run.experiment, [2, 0])) scenes.push(scene);
  checkpoint.model.dispose();
  for (const [place, index] of [2, 0].entries()) {
    const { name, image, truth, predictions, ...size } = scenes[place];
    expect(name).toBe(NAMES[index]);
    expect(size).toEqual({ width, height });
    expect(image).toHaveLength(width * height * 3);
    expect(pairsOf(truth, predictions[0])).toEqual(evaluatedPairs(evaluated.sceneCounts.scenes[index].counts));
  }
});

test('so are the scenes of a comparison, from the worst of the first model to its best', async () => {
  const models = [];
  for (const name of ['first', 'second']) {
    const mirror = name === 'second';
    const { run, evaluation } = await evaluatedRun(name, { evaluation: { ...WHOLE, mirror } });
    models.push({ label: name, runs: [{ run, evaluation, seed: 1 }] } as unknown as ComparedModel);
  }
  const { scenes } = await comparedScenes(models, 3);
  const evaluations = models.map(({ runs }) => runs[0].evaluation);
  const accuracies = scenes.map(
    ({ name }) => evaluations[0].scenes.find((scene) => scene.name === name)!.pixelAccuracy,
  );
  expect(accuracies).toEqual([...accuracies].sort((a, b) => a - b));
  for (const { name, truth, predictions } of scenes)
    for (const [model, evaluation] of evaluations.entries()) {
      const { counts } = evaluation.sceneCounts.scenes.find((scene) => scene.name === name)!;
      expect(pairsOf(truth, predictions[model])).toEqual(evaluatedPairs(counts));
    }
});
