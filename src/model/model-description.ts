import { z } from 'zod';
import { PREPROCESSINGS, type PreprocessingName } from '../data/preprocessing';
import type { ModelDescription } from './build-model';

/**
 * What a checkpoint may say of its model. The bounds are those of an experiment, with room above, so that a damaged file
 * cannot ask for more memory than there is.
 */
export const modelDescriptionSchema = z.looseObject({
  task: z.enum(['segmentation', 'classification']),
  classes: z.array(z.string()).min(1).max(1000),
  size: z.number().int().positive().multipleOf(32).max(8192),
  width: z.number().positive().max(4),
  batchNorm: z.boolean(),
  batchNormEpsilon: z.number().positive().max(1).optional(),
  plainBlocks: z.array(z.number().int().min(1).max(5)).optional(),
  skipBatchNorm: z.boolean().optional(),
  preprocessing: z.enum(Object.keys(PREPROCESSINGS) as [PreprocessingName, ...PreprocessingName[]]),
});

export function isModelDescription(value: unknown): value is ModelDescription {
  return modelDescriptionSchema.safeParse(value).success;
}
