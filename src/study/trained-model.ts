import { existsSync } from 'node:fs';
import path from 'node:path';
import { RunError } from '../errors';
import { evaluationOptions } from '../evaluation/evaluation-options';
import { correctPriors } from '../evaluation/prior-correction';
import { PROVENANCE_FILE, readProvenance } from '../experiment/provenance';
import { type Run, recordedExperiment, runFolderOf } from '../experiment/run-folder';
import type { Experiment } from '../experiment/schema';
import { BEST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { loadCheckpoint } from '../training/checkpoint';
import { weightsClasses } from '../training/losses';
import { trainingOptionsSchema } from '../training/training-options';

type TrainedModel = ReturnType<typeof loadCheckpoint>;

/**
 * The model of a run's best checkpoint, as the run's experiment says that it predicts: less class weights of its training
 * where `evaluation.priorCorrection` takes some back.
 *
 * @returns the model, the caller's to dispose of, and what its checkpoint says of it
 * @throws ModelError or RunError as `loadCheckpoint` and `readProvenance`; RunError where weights are to be taken back that
 * nobody recorded
 */
export function trainedModel(run: Run): TrainedModel {
  return corrected(run.path(), { folder: run.path(), experiment: run.experiment });
}

/**
 * As {@link trainedModel}, by what the folder says.
 *
 * @param folder a run's, for its best checkpoint, or a checkpoint's; a model that is not in a run is as it is
 */
export function trainedModelIn(folder: string): TrainedModel {
  const run = runFolderOf(folder);
  // An exported model has its experiment beside it, and was corrected when it was made.
  if (!existsSync(path.join(run, BEST_CHECKPOINT))) return loadCheckpoint(folder);
  return corrected(folder, { folder: run, experiment: recordedCorrection(run) });
}

/** What of an experiment says whether class weights are taken back. */
interface Correction {
  evaluation: Pick<Experiment['evaluation'], 'priorCorrection'>;
  training: Pick<Experiment['training'], 'loss' | 'own'>;
}

/** By the resolved experiment in a run's folder; the defaults where there is none. */
function recordedCorrection(run: string): Correction {
  const { evaluation, training }: Partial<Correction> = recordedExperiment(run) ?? {};
  const { loss, own } = trainingOptionsSchema.shape;
  return {
    evaluation: { priorCorrection: evaluationOptions.shape.priorCorrection.parse(evaluation?.priorCorrection) },
    training: { loss: loss.parse(training?.loss), own: own.parse(training?.own) },
  };
}

/** @param run the one that the checkpoint is of */
function corrected(checkpoint: string, run: { folder: string; experiment: Correction }): TrainedModel {
  const { evaluation, training } = run.experiment;
  const trained = loadCheckpoint(checkpoint);
  if (evaluation.priorCorrection === 0 || !weightsClasses(training)) return trained;
  try {
    correctPriors(trained.model, classWeightsOf(run.folder), evaluation.priorCorrection);
    return trained;
  } catch (error) {
    trained.model.dispose();
    throw error;
  }
}

/** Those that a training computed with; of a sum of losses those of the first that weights classes. */
function classWeightsOf(folder: string): readonly number[] {
  const parts = readProvenance(folder)?.parts ?? [];
  const [weights] = parts.flatMap(({ classWeights = {} }) => Object.values(classWeights));
  if (weights) return weights;
  throw new RunError(
    `${path.join(folder, PROVENANCE_FILE)}: does not say which class weights the training had`,
    'set evaluation.priorCorrection: 0, or train the run again with --fresh',
  );
}
