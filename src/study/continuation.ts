import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors';
import { isFromTheBeginning, type Run, recordedExperiment } from '../experiment/run-folder';
import { shownPath } from '../files/project-path';
import { removeFile } from '../files/write-file';
import { BEST_CHECKPOINT, LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { checkpointMetadata } from '../training/checkpoint-metadata';
import { HISTORY_FILE } from '../training/history';
import { isSameTraining, type TrainingIdentity } from '../training/training-identity';
import { wholeCheckpoint } from './standing';

/** A run whose epochs are the first of another one. */
export interface Origin {
  /** Its folder. */
  folder: string;
  /** The epochs it has done. */
  epochs: number;
}

/**
 * Copies into a run without epochs those of a run beside it whose training is the same and was to have fewer of them: the
 * one furthest on. So a run with more epochs continues where one with fewer ended.
 *
 * @returns undefined where there is none; one that is damaged, or written to meanwhile, is passed over
 */
export async function continueFromOther(run: Run, identity: TrainingIdentity): Promise<Origin | undefined> {
  if (isFromTheBeginning(run)) return undefined;
  const origins = originsFor(run, identity);
  for (const origin of origins) {
    try {
      await copyEpochs(origin.folder, run);
      return { ...origin, folder: shownPath(path.resolve(origin.folder), process.cwd()) };
    } catch (error) {
      if (!(error instanceof UserError) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      for (const made of [HISTORY_FILE, 'checkpoints']) removeFile(run.path(made));
    }
  }
  return undefined;
}

function originsFor(run: Run, identity: TrainingIdentity): Origin[] {
  const { epochs } = run.experiment.training;
  const own = path.resolve(run.path());
  const beside = path.dirname(own);
  return readdirSync(beside, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.relative(process.cwd(), path.join(beside, name)))
    .filter((folder) => path.resolve(folder) !== own)
    .filter((folder) => (recordedExperiment(folder)?.training?.epochs ?? epochs) < epochs)
    .map((folder) => ({ folder, epochs: epochsOf(folder, identity) }))
    .filter((origin) => origin.epochs > 0 && origin.epochs < epochs)
    .sort((a, b) => b.epochs - a.epochs || (a.folder < b.folder ? -1 : 1));
}

/** The epochs that a folder holds of a training; 0 where it holds another one, or none that can be read. */
function epochsOf(folder: string, identity: TrainingIdentity): number {
  try {
    const metadata = checkpointMetadata(path.join(folder, LAST_CHECKPOINT));
    return metadata?.training && isSameTraining(metadata.training, identity) ? metadata.epoch : 0;
  } catch (error) {
    if (error instanceof UserError) return 0;
    throw error;
  }
}

/** The last checkpoint is read first, and takes its place last: it says how far the training is. */
async function copyEpochs(origin: string, run: Run): Promise<void> {
  const aside = run.path(`${LAST_CHECKPOINT}.copied`);
  mkdirSync(run.path('checkpoints'), { recursive: true });
  for (const made of [BEST_CHECKPOINT, `${LAST_CHECKPOINT}.copied`]) removeFile(run.path(made));
  cpSync(path.join(origin, LAST_CHECKPOINT), aside, { recursive: true });
  const history = readFileSync(path.join(origin, HISTORY_FILE));
  cpSync(path.join(origin, BEST_CHECKPOINT), run.path(BEST_CHECKPOINT), { recursive: true });
  await wholeCheckpoint(aside);
  await wholeCheckpoint(run.path(BEST_CHECKPOINT));
  run.write(HISTORY_FILE, history);
  removeFile(run.path(LAST_CHECKPOINT));
  renameSync(aside, run.path(LAST_CHECKPOINT));
}
