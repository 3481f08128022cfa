import { existsSync, readFileSync } from 'node:fs';
import { RunError } from '../errors';
import { shortHash } from '../experiment/canonical-json';
import type { Run } from '../experiment/run-folder';
import type { Experiment } from '../experiment/schema';
import { LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { executionIdentity } from '../tensorflow/execution';
import type { tf } from '../tensorflow/tensorflow';
import { checkpointMetadata, restoreCheckpoint } from './checkpoint';
import { HISTORY_FILE, parseHistory } from './history';
import type { TrainingState } from './train';

/** Tells one training from another: all of an experiment that decides on its epochs, and the data set's state. */
export function trainingIdentity(
  { task, seed, data, model, training, execution }: Experiment,
  dataFingerprint: string,
): string {
  // Under `training`, where `execution` once stood, so that checkpoints keep their identity.
  const settings = { ...training, ...executionIdentity(execution) };
  return shortHash({ task, seed, data: { ...data, root: null }, model, training: settings, dataFingerprint }, 16);
}

/**
 * Where the last epoch of a run's training left off, if its last checkpoint is of this very training: the model gets its
 * weights. Epochs of the history that came after the checkpoint are left out.
 *
 * @param model as the experiment builds it
 * @returns undefined when the training has to begin at the beginning
 * @throws ModelError or RunError when the checkpoint is damaged, or the history that was written before it is not there
 */
export function resumedTraining(run: Run, model: tf.LayersModel, identity: string): TrainingState | undefined {
  const folder = run.path(LAST_CHECKPOINT);
  const metadata = checkpointMetadata(folder);
  if (metadata?.training !== identity) return undefined;
  const file = run.path(HISTORY_FILE);
  const history = existsSync(file) ? parseHistory(readFileSync(file, 'utf8'), file).slice(0, metadata.epoch) : [];
  if (history.length < metadata.epoch)
    throw new RunError(
      `${file}: holds ${history.length} epochs, the checkpoint beside it is of epoch ${metadata.epoch}`,
      'start the run anew with --fresh',
    );
  return { history, optimizer: restoreCheckpoint(folder, model) };
}
