import { classSetOfDataset } from '../data/classes';
import { type Dataset, type Scene, scenesOf } from '../data/dataset';
import { readInstanceIds } from '../data/instances';
import { sceneSource } from '../data/open-dataset';
import { readWholeScene } from '../data/prepare-scene';
import { type Evaluation, evaluate, evaluatePredictions, type ScenePrediction } from '../evaluation/evaluate';
import { mostLikely } from '../evaluation/pixel-classes';
import { Segmenter } from '../evaluation/segmenter';
import type { Experiment } from '../experiment/schema';
import { requireClasses } from '../model/model-classes';
import type { ModelDescription } from '../model/model-description';
import type { tf } from '../tensorflow/tensorflow';

/**
 * Evaluates a model on an experiment's evaluation split, at the resolution the experiment asks for: that of training (the
 * centre square, prepared), or the pictures' own, whole, seen through sliding windows.
 *
 * @param model what the checkpoint of a run held, and what it says of itself
 * @throws DataError when a scene cannot be read, ModelError when the model predicts other classes
 */
export async function evaluateSplit(
  { model, metadata }: { model: tf.LayersModel; metadata: ModelDescription },
  dataset: Dataset,
  { data, evaluation, execution }: Pick<Experiment, 'data' | 'evaluation' | 'execution'>,
  onScene?: (done: number, total: number) => void,
): Promise<Evaluation> {
  const classSet = classSetOfDataset(dataset, data.classes);
  requireClasses(metadata, classSet);
  const { split, resolution, window, mirror, calibration } = evaluation;
  if (resolution === 'training') {
    const { preprocessing } = metadata;
    const options = { classSet, preprocessing, execution, mirror, probabilities: calibration };
    return evaluate(model, sceneSource(dataset, data, split), options, onScene);
  }
  const scenes = scenesOf(dataset, split, data.limit[split]);
  const segmenter = new Segmenter(model, metadata, { window, execution, mirror });
  try {
    const total = scenes.length;
    const predicted = wholeScenes(segmenter, dataset, scenes, calibration);
    const scored = await evaluatePredictions(predicted, classSet, (done) => onScene?.(done, total));
    return { ...scored, convolutionForms: segmenter.convolutionForms };
  } finally {
    segmenter.dispose();
  }
}

/**
 * Whole scenes in their own size, with their pictures and what is predicted for them.
 *
 * @param calibration whether probabilities are handed over, too
 * @throws DataError when a scene cannot be read
 */
export async function* wholeScenes(
  segmenter: Segmenter,
  dataset: Dataset,
  scenes: readonly Scene[],
  calibration = false,
): AsyncGenerator<ScenePrediction & { image: Uint8Array }> {
  for (const scene of scenes) {
    const { name, picture, labelIds } = await readWholeScene(scene, dataset);
    const { width, height, pixels: image } = picture;
    const instanceIds = scene.instances === undefined ? undefined : await readInstanceIds(scene.instances, picture);
    const scored = { name, width, height, image, labelIds, instanceIds };
    if (!calibration) {
      yield { ...scored, predictedGroups: await segmenter.predict(picture) };
      continue;
    }
    const probabilities = await segmenter.probabilities(picture);
    yield { ...scored, predictedGroups: mostLikely(probabilities, segmenter.classSet.classes.length), probabilities };
  }
}
