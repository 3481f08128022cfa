import { classSetOfDataset } from '../data/classes';
import { type Dataset, type Scene, scenesOf } from '../data/dataset';
import { readInstanceIds } from '../data/instances';
import { openDataset, sceneSource } from '../data/open-dataset';
import { readWholeScene } from '../data/prepare-scene';
import { pickSamples } from '../data/sample-source';
import { type Evaluation, type ScenePrediction, withInstances } from '../evaluation/evaluate';
import { mostLikely } from '../evaluation/pixel-classes';
import { type PredictedScene, predictions } from '../evaluation/predictions';
import { Segmenter } from '../evaluation/segmenter';
import type { Experiment } from '../experiment/schema';
import type { ModelDescription } from '../model/model-description';
import type { tf } from '../tensorflow/tensorflow';

interface SceneOptions {
  /** Of the scenes among those of the split, in the order they are wanted; all by default. */
  indices?: readonly number[];
  /** Whether probabilities are handed over, too. */
  probabilities?: boolean;
  /** Told how convolutions are computed, as an {@link Evaluation} tells it, by the time that all scenes have been taken. */
  onForms?: (forms: Evaluation['convolutionForms']) => void;
}

/**
 * An evaluation's scenes with what the model makes of them: of the centre square as it is prepared, or of the whole picture in its
 * own size.
 *
 * @param checkpoint what the checkpoint of a run held, and what it says of itself; the model stays the caller's
 * @throws DataError when a scene cannot be read
 */
export async function* scenesAsEvaluated(
  { model, metadata }: { model: tf.LayersModel; metadata: ModelDescription },
  dataset: Dataset,
  { data, evaluation, execution }: Pick<Experiment, 'data' | 'evaluation' | 'execution'>,
  { indices, probabilities = false, onForms }: SceneOptions = {},
): AsyncGenerator<ScenePrediction & { image: Uint8Array }> {
  const { split, resolution, window, mirror } = evaluation;
  if (resolution === 'training') {
    const all = sceneSource(dataset, data, split);
    const source = indices ? pickSamples(all, indices) : all;
    const predicted = predictions(model, source, {
      classSet: classSetOfDataset(dataset, data.classes),
      preprocessing: metadata.preprocessing,
      execution,
      mirror,
      probabilities,
      onPrepared: ({ convolutionForms }) => onForms?.(convolutionForms),
    });
    return yield* withInstances(predicted, source);
  }
  const scenes = scenesOf(dataset, split, data.limit[split]);
  const segmenter = new Segmenter(model, metadata, { window, execution, mirror });
  try {
    for (const scene of indices?.map((index) => scenes[index]) ?? scenes)
      yield await wholeScene(segmenter, dataset, scene, probabilities);
    onForms?.(segmenter.convolutionForms);
  } finally {
    segmenter.dispose();
  }
}

/** A whole scene in its own size. */
async function wholeScene(segmenter: Segmenter, dataset: Dataset, scene: Scene, probabilities: boolean) {
  const { name, picture, labelIds } = await readWholeScene(scene, dataset);
  const { width, height, pixels: image } = picture;
  const instanceIds = scene.instances === undefined ? undefined : await readInstanceIds(scene.instances, picture);
  const scored = { name, width, height, image, labelIds, instanceIds };
  if (!probabilities) return { ...scored, predictedGroups: await segmenter.predict(picture) };
  const shares = await segmenter.probabilities(picture);
  return {
    ...scored,
    predictedGroups: mostLikely(shares, segmenter.classSet.classes.length),
    probabilities: shares,
  };
}

/**
 * Some of an evaluation's scenes as they are shown, see {@link scenesAsEvaluated}.
 *
 * @param indices of the scenes among those of the split, in the order they are wanted
 * @throws DataError when a scene cannot be read
 */
export async function* predictedScenes(
  checkpoint: { model: tf.LayersModel; metadata: ModelDescription },
  experiment: Pick<Experiment, 'data' | 'evaluation' | 'execution'>,
  indices: readonly number[],
): AsyncGenerator<PredictedScene> {
  const dataset = await openDataset(experiment.data);
  const { classOfLabelId } = classSetOfDataset(dataset, experiment.data.classes);
  const scenes = scenesAsEvaluated(checkpoint, dataset, experiment, { indices });
  for await (const { name, image, width, height, labelIds, predictedGroups } of scenes) {
    const truth = labelIds.map((labelId) => classOfLabelId[labelId]);
    yield { name, image, width, height, truth, predictions: [predictedGroups] };
  }
}
