import { classSetOfDataset } from '../data/classes';
import { type Dataset, scenesOf } from '../data/dataset';
import { type Evaluation, evaluatePredictions } from '../evaluation/evaluate';
import type { Experiment } from '../experiment/schema';
import { requireClasses } from '../model/model-classes';
import type { ModelDescription } from '../model/model-description';
import type { tf } from '../tensorflow/tensorflow';
import { scenesAsEvaluated } from './predicted-scenes';

/**
 * Evaluates a model on an experiment's evaluation split, at the resolution the experiment asks for: that of training (the
 * centre square, prepared), or the pictures' own, whole, seen through sliding windows.
 *
 * @param checkpoint what the checkpoint of a run held, and what it says of itself
 * @throws DataError when a scene cannot be read, ModelError when the model predicts other classes
 */
export async function evaluateSplit(
  checkpoint: { model: tf.LayersModel; metadata: ModelDescription },
  dataset: Dataset,
  experiment: Pick<Experiment, 'data' | 'evaluation' | 'execution'>,
  onScene?: (done: number, total: number) => void,
): Promise<Evaluation> {
  const { data, evaluation } = experiment;
  const classSet = classSetOfDataset(dataset, data.classes);
  requireClasses(checkpoint.metadata, classSet);
  const { length } = scenesOf(dataset, evaluation.split, data.limit[evaluation.split]);
  let convolutionForms: Evaluation['convolutionForms'] = {};
  const predicted = scenesAsEvaluated(checkpoint, dataset, experiment, {
    probabilities: evaluation.calibration,
    onForms: (forms) => {
      convolutionForms = forms;
    },
  });
  const scored = await evaluatePredictions(predicted, classSet, (done) => onScene?.(done, length));
  return { ...scored, convolutionForms };
}
