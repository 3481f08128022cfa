import { classDistribution, type GroupShare } from '../data/class-distribution';
import { openDataset, sceneSource } from '../data/open-dataset';
import { pickSamples } from '../data/sample-source';
import { evaluate, tellingScenes } from '../evaluation/evaluate';
import { predictions } from '../evaluation/predict';
import { groupIndexByLabelId } from '../labels';
import { loadCheckpoint } from '../training/checkpoint';
import { type ComparedModel, runLabel } from './comparison';

/** Scenes with the predictions of several models. */
export interface ComparedScenes {
  /** In the order of each scene's predictions. */
  labels: string[];
  scenes: ComparedScene[];
}

/** One of them; all arrays row by row. */
export interface ComparedScene {
  name: string;
  /** RGB, [height, width, 3]. */
  image: Uint8Array;
  /** True group index of each pixel, [height, width]. */
  truth: ArrayLike<number>;
  width: number;
  height: number;
  /** Predicted group index of each pixel, [height, width], one entry a model. */
  predictions: readonly ArrayLike<number>[];
}

/**
 * What the first run of each model makes of the same scenes.
 *
 * @param wanted how many, spread evenly from the first model's worst to its best; or their names
 */
export async function comparedScenes(
  models: readonly ComparedModel[],
  wanted: number | readonly string[],
): Promise<ComparedScenes> {
  const { data, evaluation } = models[0].runs[0].run.experiment;
  const source = sceneSource(await openDataset(data), data, evaluation.split);
  const checkpoints = models.map(({ runs: [{ run }] }) => {
    const { model, metadata } = loadCheckpoint(run.path());
    return { model, options: { ...metadata, execution: run.experiment.execution } };
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
  const groupOf = groupIndexByLabelId();
  const rows = predicted.map(async (groups, index) => {
    const { name, image, labelIds } = await chosen.read(index);
    const truth = labelIds.map((labelId) => groupOf[labelId]);
    return { name, image, truth, width: data.size, height: data.size, predictions: groups };
  });
  return { labels: models.map((model) => runLabel(model, model.runs[0])), scenes: await Promise.all(rows) };
}

/** Shares of the groups in each split that the models were trained and judged on. */
export async function comparedDistribution(
  models: readonly ComparedModel[],
): Promise<{ label: string; shares: GroupShare[] }[]> {
  const { data } = models[0].runs[0].run.experiment;
  const dataset = await openDataset(data);
  const splits = (['train', 'validation', 'test'] as const).filter((split) => dataset.splits[split].length > 0);
  const shares: { label: string; shares: GroupShare[] }[] = [];
  for (const split of splits)
    shares.push({ label: split, shares: await classDistribution(sceneSource(dataset, data, split)) });
  return shares;
}
