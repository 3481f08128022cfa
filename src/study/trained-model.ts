import { correctPriors } from '../evaluation/prior-correction';
import { readProvenance } from '../experiment/provenance';
import { type Run, recordedPriorCorrection, runFolderOf } from '../experiment/run-folder';
import { loadCheckpoint } from '../training/checkpoint';

type TrainedModel = ReturnType<typeof loadCheckpoint>;

/**
 * The model of a run's best checkpoint, as the run's experiment says that it predicts: less class weights of its training
 * where `evaluation.priorCorrection` takes some back.
 *
 * @returns the model, the caller's to dispose of, and what its checkpoint says of it
 * @throws ModelError or RunError as `loadCheckpoint` and `readProvenance`
 */
export function trainedModel(run: Run): TrainedModel {
  return corrected(run.path(), run.experiment.evaluation.priorCorrection);
}

/**
 * As {@link trainedModel}, by what the folder says.
 *
 * @param folder a run's, for its best checkpoint, or a checkpoint's; a model that is not in a run is as it is
 */
export function trainedModelIn(folder: string): TrainedModel {
  return corrected(folder, recordedPriorCorrection(folder));
}

function corrected(folder: string, priorCorrection: number): TrainedModel {
  const trained = loadCheckpoint(folder);
  if (priorCorrection === 0) return trained;
  try {
    // A sum of losses is corrected by its first one that weights classes.
    const parts = readProvenance(runFolderOf(folder))?.parts ?? [];
    const [weights] = parts.flatMap(({ classWeights = {} }) => Object.values(classWeights));
    if (weights) correctPriors(trained.model, weights, priorCorrection);
    return trained;
  } catch (error) {
    trained.model.dispose();
    throw error;
  }
}
