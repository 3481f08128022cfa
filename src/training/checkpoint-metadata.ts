import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelDescriptionSchema } from '../model/model-description';
import { readSealedJson } from '../model/weights/sealed-json';
import { trainingIdentitySchema } from './training-identity';

const checkpointMetadataSchema = modelDescriptionSchema.extend({
  /** The epoch it was taken after, counted from 1. */
  epoch: z.number().int().positive(),
  validationLoss: z.number(),
  /** Tells the training that it belongs to from others; absent in checkpoints of before it was recorded whole. */
  training: trainingIdentitySchema.optional().catch(undefined),
});

/** What a checkpoint says of itself, beside the weights. */
export type CheckpointMetadata = z.infer<typeof checkpointMetadataSchema>;

/** The way out where a run's files are damaged. */
export const START_AGAIN = 'start the run again with --fresh';

/**
 * What a checkpoint says of itself, or undefined where there is none, or one from elsewhere.
 *
 * @throws ModelError when it is damaged or altered
 */
export function checkpointMetadata(folder: string): CheckpointMetadata | undefined {
  if (!existsSync(join(folder, 'model.json'))) return undefined;
  return parseMetadata(readModelJson(folder).userDefinedMetadata);
}

/** What `model.json` of a checkpoint holds, as far as it is read here. */
interface ModelJson {
  userDefinedMetadata?: unknown;
  optimizer?: unknown;
  weightsManifest?: { paths: string[]; sha256?: string }[];
}

/** @returns what `model.json` of a checkpoint holds. @throws ModelError when it is damaged or altered */
export function readModelJson(folder: string): ModelJson {
  return readSealedJson(join(folder, 'model.json'), START_AGAIN) ?? {};
}

/** Undefined for what does not describe a checkpoint of this project. */
export function parseMetadata(value: unknown): CheckpointMetadata | undefined {
  return checkpointMetadataSchema.safeParse(value).data;
}
