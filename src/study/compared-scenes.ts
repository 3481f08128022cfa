import { classDistribution, type SplitShares } from '../data/class-distribution';
import type { ClassSet } from '../data/classes/class-set';
import { openDataset, sceneSource } from '../data/open-dataset';
import { pickSamples } from '../data/sample-source';
import { evaluate, tellingScenes } from '../evaluation/evaluate';
import { type PredictedScene, predictions } from '../evaluation/predictions';
import { SPLIT_NAMES } from '../splits';
import { type ComparedModel, runLabel } from './comparison';
import { trainedModel } from './trained-model';

/** Scenes with the predictions of several models. */
export interface ComparedScenes {
  /** In the order of each scene's predictions. */
  labels: string[];
  scenes: PredictedScene[];
}

/**
 * What the first run of each model makes of the same scenes.
 *
 * @param classSet what the models predict
 * @param wanted how many, spread evenly from the first model's worst to its best; or their names
 */
export async function comparedScenes(
  models: readonly ComparedModel[],
  classSet: ClassSet,
  wanted: number | readonly string[],
): Promise<ComparedScenes> {
  const { data, evaluation } = models[0].runs[0].run.experiment;
  const source = sceneSource(await openDataset(data), data, evaluation.split);
  const checkpoints = models.map(({ runs: [{ run }] }) => {
    const { model, metadata } = trainedModel(run);
    return {
      model,
      options: { ...metadata, classSet, execution: run.experiment.execution, mirror: evaluation.mirror },
    };
  });
  const { scenes } = await evaluate(checkpoints[0].model, source, checkpoints[0].options);
  const chosen = pickSamples(source, tellingScenes(scenes, wanted));
  const predicted: Uint8Array[][] = Array.from({ length: chosen.length }, () => []);
  for (const { model, options } of checkpoints) {
    let scene = 0;
    for await (const { predictedGroups } of predictions(model, chosen, options)) {
      predicted[scene].push(predictedGroups);
      scene += 1;
    }
    model.dispose();
  }
  const rows = predicted.map(async (groups, index) => {
    const { name, image, labelIds } = await chosen.read(index);
    const truth = labelIds.map((labelId) => classSet.classOfLabelId[labelId]);
    return { name, image, truth, width: data.size, height: data.size, predictions: groups };
  });
  const labels = models.map((model) => runLabel(model, model.runs[0]));
  return { labels, scenes: await Promise.all(rows) };
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
