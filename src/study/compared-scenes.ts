import { classDistribution, type SplitShares } from '../data/class-distribution';
import type { ClassSet } from '../data/classes/class-set';
import { openDataset, sceneSource } from '../data/open-dataset';
import { tellingScenes } from '../evaluation/evaluate';
import type { PredictedScene } from '../evaluation/predictions';
import { SPLIT_NAMES } from '../splits';
import { type ComparedModel, runLabel } from './compared-model';
import { predictedScenes } from './predicted-scenes';
import { trainedModel } from './trained-model';

/** Scenes with the predictions of several models. */
export interface ComparedScenes {
  /** In the order of each scene's predictions. */
  labels: string[];
  scenes: PredictedScene[];
}

/**
 * What the first run of each model makes of the same scenes, as it was evaluated.
 *
 * @param wanted how many, spread evenly from the first model's worst to its best; or their names
 * @throws RangeError for a name that is not among the evaluated scenes
 */
export async function comparedScenes(
  models: readonly ComparedModel[],
  wanted: number | readonly string[],
): Promise<ComparedScenes> {
  const chosen = tellingScenes(models[0].runs[0].evaluation.scenes, wanted);
  const scenes: PredictedScene[] = [];
  for (const { runs } of models) {
    const [{ run }] = runs;
    const checkpoint = trainedModel(run);
    let place = 0;
    for await (const scene of predictedScenes(checkpoint, run.experiment, chosen)) {
      const before = scenes[place]?.predictions ?? [];
      scenes[place] = { ...scene, predictions: [...before, ...scene.predictions] };
      place += 1;
    }
    checkpoint.model.dispose();
  }
  return { labels: models.map((model) => runLabel(model, model.runs[0])), scenes };
}

/** Shares of the classes in each split that the models were trained and evaluated on. */
export async function comparedDistribution(
  models: readonly ComparedModel[],
  classSet: ClassSet,
): Promise<SplitShares[]> {
  const { data } = models[0].runs[0].run.experiment;
  const dataset = await openDataset(data);
  const splits = SPLIT_NAMES.filter((split) => dataset.splits[split].length > 0);
  const shares: SplitShares[] = [];
  for (const split of splits)
    shares.push({ label: split, shares: await classDistribution(sceneSource(dataset, data, split), classSet) });
  return shares;
}
