import { afterAll, afterEach, beforeAll, expect, spyOn, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openCityscapes } from '../../src/data/sources/cityscapes';
import { openRun, type Run } from '../../src/experiment/run-folder';
import { predictPicture } from '../../src/publishing/predict-picture';
import { predictPictures } from '../../src/publishing/predict-pictures';
import type { ComparedModel } from '../../src/study/compared-model';
import { comparedScenes } from '../../src/study/compared-scenes';
import { evaluateSplit } from '../../src/study/evaluate-split';
import { Autotuner } from '../../src/tensorflow/autotune';
import { convolutionForms } from '../../src/tensorflow/convolution-forms';
import { loadCheckpoint } from '../../src/training/checkpoint';
import { temporaryFolder, writeCityscapesScene } from '../data/fixtures';
import { noise, writeTinyRun } from '../publishing/tiny-run';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const scenes = join(folder, 'scenes');

/** Stands in for the timing, which depends on the machine: always the last form. */
const formsOf = spyOn(Autotuner.prototype, 'formsOf').mockImplementation((cases) =>
  cases.map((one) => convolutionForms(one).at(-1)!),
);
afterEach(() => void formsOf.mockClear());
afterAll(() => formsOf.mockRestore());

const runs: Record<string, Run> = {};

/** A run that computes so, with a model. */
async function runWith(name: string, execution: object, evaluation: object = {}): Promise<void> {
  const file = join(folder, `${name}.yaml`);
  const data = { source: 'cityscapes', root: scenes, size: 32 };
  writeFileSync(
    file,
    stringify({ name, folder: join(folder, name), notebooks: ['n.ipynb'], data, execution, evaluation }),
  );
  runs[name] = openRun(file);
  await writeTinyRun(runs[name].path());
}

beforeAll(async () => {
  await writeCityscapesScene(scenes, 'val', 'ulm_000000_000019', { width: 96, height: 48, maskWidth: 96 });
  await runWith('tuned', { autotune: true });
  await runWith('untuned', { autotune: false });
  await runWith('tuned-original', { autotune: true }, { resolution: 'original' });
  await runWith('untuned-original', { autotune: false }, { resolution: 'original' });
});

async function evaluated(name: string) {
  const checkpoint = loadCheckpoint(runs[name].path());
  const evaluation = await evaluateSplit(checkpoint, openCityscapes(scenes), runs[name].experiment);
  checkpoint.model.dispose();
  return evaluation;
}

const ONE_SCENE = { scenes: [{ name: 'ulm_000000_000019', pixelAccuracy: 0 }] };
const compared = (name: string) =>
  comparedScenes([{ label: name, runs: [{ run: runs[name], evaluation: ONE_SCENE }] } as unknown as ComparedModel], 1);

test.each(['', '-original'])(
  'evaluation%s computes as its experiment says, and says how it did',
  async (resolution) => {
    const { convolutionForms } = await evaluated(`tuned${resolution}`);
    expect(formsOf).toHaveBeenCalled();
    expect(Object.keys(convolutionForms).filter((name) => /^forward \d+x32x32x/.test(name))).not.toEqual([]);
    formsOf.mockClear();
    expect((await evaluated(`untuned${resolution}`)).convolutionForms).toEqual({});
    expect(formsOf).not.toHaveBeenCalled();
  },
);

test('so do the scenes of a comparison', async () => {
  await compared('tuned');
  expect(formsOf).toHaveBeenCalled();
  formsOf.mockClear();
  await compared('untuned');
  expect(formsOf).not.toHaveBeenCalled();
});

test("so does prediction from a run's folder or its checkpoint's, unless it is told otherwise", async () => {
  const picture = noise(40, 32);
  await predictPicture(picture, runs.tuned.path());
  expect(formsOf).toHaveBeenCalled();
  formsOf.mockClear();
  await predictPicture(picture, runs.untuned.path());
  await predictPicture(picture, runs.untuned.path('checkpoints/best'));
  await predictPictures(join(scenes, 'leftImg8bit'), runs.untuned.path(), { out: join(folder, 'out') });
  expect(formsOf).not.toHaveBeenCalled();
  await predictPicture(picture, runs.untuned.path(), {
    execution: { ...runs.untuned.experiment.execution, autotune: true },
  });
  expect(formsOf).toHaveBeenCalled();
});
