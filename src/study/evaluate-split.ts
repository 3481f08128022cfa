import { type Dataset, type Scene, scenesOf } from '../data/dataset';
import { readInstanceIds } from '../data/instances';
import { sceneSource } from '../data/open-dataset';
import { readWholeScene } from '../data/prepare-scene';
import { type Evaluation, evaluate, type JudgedScene, judge } from '../evaluation/evaluate';
import { requireGroups, Segmenter } from '../evaluation/segmenter';
import type { Experiment } from '../experiment/schema';
import type { ModelDescription } from '../model/model-description';
import type { tf } from '../tensorflow/tensorflow';

/**
 * Judges a model on an experiment's evaluation split, at the resolution the experiment asks for: that of training (the
 * centre square, prepared), or the pictures' own, whole, seen through sliding windows.
 *
 * @param model what the checkpoint of a run held, and what it says of itself
 * @throws DataError when a scene cannot be read, ModelError when the model predicts something else than the eight groups
 */
export async function evaluateSplit(
  { model, metadata }: { model: tf.LayersModel; metadata: ModelDescription },
  dataset: Dataset,
  { data, evaluation, execution }: Pick<Experiment, 'data' | 'evaluation' | 'execution'>,
  onScene?: (done: number, total: number) => void,
): Promise<Evaluation> {
  requireGroups(metadata);
  const { split, resolution, window } = evaluation;
  if (resolution === 'training') {
    const { preprocessing } = metadata;
    return evaluate(model, sceneSource(dataset, data, split), { preprocessing, execution }, onScene);
  }
  const scenes = scenesOf(dataset, split, data.limit[split]);
  const segmenter = new Segmenter(model, metadata, { window, execution });
  try {
    const total = scenes.length;
    const judgement = await judge(wholeScenes(segmenter, dataset, scenes), (done) => onScene?.(done, total));
    return { ...judgement, convolutionForms: segmenter.convolutionForms };
  } finally {
    segmenter.dispose();
  }
}

async function* wholeScenes(
  segmenter: Segmenter,
  dataset: Dataset,
  scenes: readonly Scene[],
): AsyncGenerator<JudgedScene> {
  for (const scene of scenes) {
    const { name, picture, labelIds } = await readWholeScene(scene, dataset.labelIdOfMaskValue);
    const { width, height } = picture;
    const instanceIds = scene.instances === undefined ? undefined : await readInstanceIds(scene.instances, picture);
    yield { name, width, height, labelIds, instanceIds, predictedGroups: await segmenter.predict(picture) };
  }
}
