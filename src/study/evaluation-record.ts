import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson, shortHash } from '../configuration/canonical-json';
import type { Dataset } from '../data/dataset';
import { dataFingerprint, instancesFingerprint } from '../data/open-dataset';
import { RunError } from '../errors';
import { evaluationHash } from '../experiment/identity';
import type { Run } from '../experiment/run-folder';
import type { Experiment } from '../experiment/schema';
import { BEST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { SPLIT_NAMES } from '../splits';
import { checkpointMetadata, readModelJson } from '../training/checkpoint-metadata';
import { wholeCheckpoint } from './standing';

/** Below a run's folder, a folder for each way in which it was evaluated. */
const EVALUATIONS = 'evaluations';

/** What an evaluation was made of: as long as this holds, its scores do. */
const basisSchema = z.object({
  /** Hash of the training's identity; null for a checkpoint that does not say. */
  training: z.string().nullable(),
  checkpoint: z.object({
    epoch: z.number(),
    /** Of the weights. */
    sha256: z.string(),
  }),
  /** Fingerprint of the contents of the evaluated scenes. */
  data: z.string(),
  /** Of the files that tell their things apart; absent where there are none. */
  instances: z.string().optional(),
});

export const evaluationRecordSchema = basisSchema.extend({
  split: z.enum(SPLIT_NAMES),
  resolution: z.enum(['training', 'original']),
  /** How many scenes were evaluated. */
  scenes: z.number(),
  /** Names of the model's output channels, in order. */
  classes: z.array(z.string()),
  execution: z.record(z.string(), z.unknown()),
  /** Ways other than TensorFlow's own in which convolutions were computed, by shape. */
  convolutionForms: z.record(z.string(), z.string()),
  /** ISO 8601. */
  evaluatedAt: z.string(),
});

export type EvaluationBasis = z.infer<typeof basisSchema>;
/** What an evaluation says of itself, in its `metrics.json`. */
export type EvaluationRecord = z.infer<typeof evaluationRecordSchema>;

/**
 * The folder of an experiment's evaluation below its run's, such as `evaluations/test-training-1a2b3c4d`: the hash is of
 * what else decides which pixels are counted.
 */
export function evaluationFolder(experiment: Experiment): string {
  const { split, resolution } = experiment.evaluation;
  return path.join(EVALUATIONS, `${split}-${resolution}-${evaluationHash(experiment)}`);
}

/**
 * What an evaluation would be made of now: the run's best checkpoint and the scenes as they are.
 *
 * @throws RunError when there is no checkpoint, or it is damaged; DataError when there are no scenes
 */
export async function evaluationBasis(run: Run, dataset: Dataset): Promise<EvaluationBasis> {
  const { data, evaluation } = run.experiment;
  const best = await wholeCheckpoint(run.path(BEST_CHECKPOINT));
  if (!best) throw new RunError(`${run.path(BEST_CHECKPOINT)}: is missing`, 'train that run first');
  const instances = await instancesFingerprint(dataset, data, evaluation.split);
  return {
    training: best.training ? shortHash(best.training, 16) : null,
    checkpoint: { epoch: best.epoch, sha256: best.weights },
    data: await dataFingerprint(dataset, data, [evaluation.split]),
    ...(instances !== undefined && { instances }),
  };
}

/** Whether an evaluation was made of that. */
export function isMadeOf(made: EvaluationBasis, basis: EvaluationBasis): boolean {
  return canonicalJson(basisSchema.parse(made)) === canonicalJson(basisSchema.parse(basis));
}

/**
 * Whether an evaluation was made of the checkpoint that a run folder holds now, by what the checkpoint says of itself; the
 * scenes are not looked at.
 */
export function isOfCheckpoint({ checkpoint, training }: EvaluationBasis, folder: string): boolean {
  const best = path.join(folder, BEST_CHECKPOINT);
  const metadata = checkpointMetadata(best);
  const [{ sha256 = undefined } = {}] = readModelJson(best).weightsManifest ?? [];
  return (
    metadata?.epoch === checkpoint.epoch &&
    (sha256 === undefined || sha256 === checkpoint.sha256) &&
    (metadata.training ? shortHash(metadata.training, 16) : null) === training
  );
}

/** Folders of the evaluations of a run that were brought to their end, the newest first. */
export function evaluationFolders(folder: string): string[] {
  const below = path.join(folder, EVALUATIONS);
  const names = existsSync(below) ? readdirSync(below) : [];
  const time = (name: string) => statSync(path.join(below, name, 'metrics.json')).mtimeMs;
  return names
    .filter((name) => existsSync(path.join(below, name, 'metrics.json')))
    .sort((a, b) => time(b) - time(a) || (a < b ? -1 : 1))
    .map((name) => path.join(EVALUATIONS, name));
}
