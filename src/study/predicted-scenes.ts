import { classSetOfDataset } from '../data/classes';
import { scenesOf } from '../data/dataset';
import { openDataset, sceneSource } from '../data/open-dataset';
import { pickSamples } from '../data/sample-source';
import { type PredictedScene, type Prediction, predictions } from '../evaluation/predictions';
import { Segmenter } from '../evaluation/segmenter';
import type { Experiment } from '../experiment/schema';
import type { ModelDescription } from '../model/model-description';
import type { tf } from '../tensorflow/tensorflow';
import { wholeScenes } from './evaluate-split';

/**
 * Some of an evaluation's scenes with what the model makes of them, as it was evaluated: of the centre square as it is prepared, or
 * of the whole picture in its own size.
 *
 * @param checkpoint what the checkpoint of a run held, and what it says of itself; the model stays the caller's
 * @param indices of the scenes among those of the split, in the order they are wanted
 * @throws DataError when a scene cannot be read
 */
export async function* predictedScenes(
  { model, metadata }: { model: tf.LayersModel; metadata: ModelDescription },
  { data, evaluation, execution }: Pick<Experiment, 'data' | 'evaluation' | 'execution'>,
  indices: readonly number[],
): AsyncGenerator<PredictedScene> {
  const { split, resolution, window, mirror } = evaluation;
  const dataset = await openDataset(data);
  const classSet = classSetOfDataset(dataset, data.classes);
  const shown = ({ name, image, width, labelIds, predictedGroups }: Prediction): PredictedScene => {
    const truth = labelIds.map((labelId) => classSet.classOfLabelId[labelId]);
    return { name, image, width, height: labelIds.length / width, truth, predictions: [predictedGroups] };
  };
  if (resolution === 'training') {
    const source = pickSamples(sceneSource(dataset, data, split), indices);
    const options = { classSet, preprocessing: metadata.preprocessing, execution, mirror };
    for await (const scene of predictions(model, source, options)) yield shown(scene);
    return;
  }
  const scenes = scenesOf(dataset, split, data.limit[split]);
  const segmenter = new Segmenter(model, metadata, { window, execution, mirror });
  try {
    const chosen = indices.map((index) => scenes[index]);
    for await (const scene of wholeScenes(segmenter, dataset, chosen)) yield shown(scene);
  } finally {
    segmenter.dispose();
  }
}
