import { RunError } from '../errors';
import type { Run } from '../experiment/run-folder';
import { LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import type { tf } from '../tensorflow/tensorflow';
import { restoreCheckpoint } from '../training/checkpoint';
import { START_AGAIN } from '../training/checkpoint-metadata';
import { HISTORY_FILE, readHistory } from '../training/history';
import type { TrainingState } from '../training/train';
import type { TrainingIdentity } from '../training/training-identity';
import { epochsDone } from './standing';

/**
 * Where the last epoch of a run's training left off: the model gets its weights. Epochs of the history that came after the
 * checkpoint are left out.
 *
 * @param model as the experiment builds it
 * @returns undefined when the training has to begin at the beginning
 * @throws ModelError or RunError when the checkpoint is damaged or of another training, or the history that was written
 * before it is not there
 */
export function resumedTraining(
  run: Run,
  model: tf.LayersModel,
  identity: TrainingIdentity,
): TrainingState | undefined {
  const done = epochsDone(run, identity);
  if (done === 0) return undefined;
  const history = readHistory(run.path()).slice(0, done);
  if (history.length < done)
    throw new RunError(
      `${run.path(HISTORY_FILE)}: holds ${history.length} epochs, the checkpoint beside it is of epoch ${done}`,
      START_AGAIN,
    );
  return { history, optimizer: restoreCheckpoint(run.path(LAST_CHECKPOINT), model) };
}
