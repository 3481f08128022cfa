import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../data/dataset';
import { dataFingerprint, openDataset } from '../data/open-dataset';
import { RunError } from '../errors';
import { trainingIdentity } from '../experiment/identity';
import type { Run } from '../experiment/run-folder';
import type { Experiment } from '../experiment/schema';
import { contentHash } from '../files/content-hash';
import { BEST_CHECKPOINT, LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { weightsHash } from '../model/weights/weights-files';
import {
  type CheckpointMetadata,
  checkpointMetadata,
  readModelJson,
  START_AGAIN,
} from '../training/checkpoint-metadata';
import { HISTORY_FILE, isOver, readHistory } from '../training/history';
import { dependsOnEpochs } from '../training/schedules';
import { differences, isSameTraining, type TrainingIdentity } from '../training/training-identity';

/**
 * The identity of an experiment's training, with the data and the weights as they are now.
 *
 * @throws DataError, ModelError or RunError when they are not there
 */
export async function presentIdentity(experiment: Experiment, dataset?: Dataset): Promise<TrainingIdentity> {
  const { data, model, training } = experiment;
  const { weights } = model.encoder;
  const found = {
    data: await dataFingerprint(dataset ?? (await openDataset(data)), data, ['train', 'validation']),
    weights: weights === null ? null : await weightsHash(weights),
  };
  return trainingIdentity(experiment, found, { dependsOnEpochs: dependsOnEpochs(training) });
}

/**
 * Whether a run's training is done: all epochs of this very training, with a best checkpoint that is whole. Whoever needs
 * to know asks here.
 *
 * @throws RunError when what the folder holds is of another training, ModelError when it is damaged
 */
export async function isTrained(run: Run): Promise<boolean> {
  // Nothing there: neither data nor weights need to be looked at.
  return epochsHeld(run) > 0 && isTrainedAs(run, await presentIdentity(run.experiment));
}

/** As {@link isTrained}, where the identity is known. */
export async function isTrainedAs(run: Run, identity: TrainingIdentity): Promise<boolean> {
  return allEpochsDone(run, identity) && bestIsWhole(run);
}

/** Whether a run's folder holds the last epoch of a training. @throws as {@link epochsDone} */
export function allEpochsDone(run: Run, identity: TrainingIdentity): boolean {
  const { training } = run.experiment;
  const done = epochsDone(run, identity);
  // The history may be gone from a run that is done; it is needed where patience may have ended it.
  if (done === training.epochs || training.patience === null) return done === training.epochs;
  return done > 0 && isOver(readHistory(run.path()).slice(0, done), training);
}

/**
 * How many epochs of a training its run folder holds.
 *
 * @throws RunError when they are of another training, or more than are wanted; ModelError when they are damaged
 */
export function epochsDone(run: Run, identity: TrainingIdentity): number {
  const held = epochsHeld(run);
  if (held === 0) return 0;
  const { training } = checkpointMetadata(run.path(LAST_CHECKPOINT))!;
  const { epochs } = run.experiment.training;
  if (!training || !isSameTraining(training, identity)) {
    const changed = training
      ? differences(training, identity).join('; ')
      : 'its checkpoint does not say all that made it';
    throw new RunError(
      `${run.folder} holds ${count(held)} of another training: ${changed}`,
      'undo the change; or keep the folder and give the experiment another one (`folder`); or begin at the beginning there with --fresh (in a notebook: delete or rename the folder)',
    );
  }
  if (held > epochs)
    throw new RunError(
      `${run.folder} holds ${count(held)}, and training.epochs is ${epochs}`,
      `set training.epochs to ${held}; or give the experiment another folder (\`folder\`); or begin at the beginning with --fresh`,
    );
  return held;
}

/** How many epochs a run folder holds, of whatever training. */
export function epochsHeld(run: Run): number {
  const metadata = checkpointMetadata(run.path(LAST_CHECKPOINT));
  if (metadata) return metadata.epoch;
  // The history is written before the last checkpoint; only that of the first epoch may be there without one.
  const file = run.path(HISTORY_FILE);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
  if (lines <= 1) return 0;
  throw new RunError(`${file}: holds ${lines} epochs, but ${LAST_CHECKPOINT} beside it is missing`, START_AGAIN);
}

async function bestIsWhole(run: Run): Promise<true> {
  const best = await wholeCheckpoint(run.path(BEST_CHECKPOINT));
  const last = checkpointMetadata(run.path(LAST_CHECKPOINT));
  if (best?.training && last?.training && isSameTraining(best.training, last.training)) return true;
  throw new RunError(`${run.path(BEST_CHECKPOINT)}: ${best ? 'is of another training' : 'is missing'}`, START_AGAIN);
}

/**
 * What a checkpoint says of itself, after a look at every byte of its weights; undefined where there is none.
 *
 * @throws ModelError or RunError when it is damaged
 */
export async function wholeCheckpoint(
  folder: string,
): Promise<(CheckpointMetadata & { /** SHA-256 of the weights. */ weights: string }) | undefined> {
  const metadata = checkpointMetadata(folder);
  if (!metadata) return undefined;
  const { weightsManifest = [{ paths: ['weights'] }] } = readModelJson(folder);
  const [{ paths, sha256 }] = weightsManifest;
  const shard = join(folder, paths[0]);
  const found = await contentHash(shard);
  // Older checkpoints do not say.
  if (found === (sha256 ?? found)) return { ...metadata, weights: found };
  throw new RunError(`${shard}: has SHA-256 ${found}, model.json beside it promises ${sha256}`, START_AGAIN);
}

function count(epochs: number): string {
  return epochs === 1 ? '1 epoch' : `${epochs} epochs`;
}
