import { z } from 'zod';
import { PREPROCESSINGS, type PreprocessingName } from '../data/preprocessing';
import { DECODER_NAMES } from './decoders';
import { ENCODER_NAMES } from './encoders';
import { ENCODER_VARIANTS } from './encoders/encoder';

/**
 * What a checkpoint says of its model: all that is needed to build it again and to feed it. The bounds are those of an
 * experiment, with room above, so that a damaged file cannot ask for more memory than there is.
 */
export const modelDescriptionSchema = z.object({
  task: z.enum(['segmentation', 'classification']),
  /** VGG19 when absent. */
  encoder: z.enum(ENCODER_NAMES).optional(),
  /** Keras's network when absent, where torchvision's is another. */
  variant: z.enum(ENCODER_VARIANTS).optional(),
  /** U-Net when absent. */
  decoder: z.enum(DECODER_NAMES).optional(),
  /** Names of the output's channels, in order. */
  classes: z.array(z.string()).min(1).max(1000),
  /** Of each class in a mask, red, green and blue; absent where the classes are those of a class set with a name. */
  colors: z
    .array(z.tuple([z.number(), z.number(), z.number()]).readonly())
    .max(1000)
    .optional(),
  /** Side of the square input in pixels. */
  size: z.number().int().positive().multipleOf(32).max(8192),
  /** Multiplier of the channel counts. */
  width: z.number().positive().max(4),
  /** Of those of the decoder; the same when absent. */
  decoderWidth: z.number().positive().max(4).optional(),
  batchNorm: z.boolean(),
  /** Keras's when absent. */
  batchNormEpsilon: z.number().positive().max(1).optional(),
  /** Blocks of the encoder without batch normalisation, where the others have it; none when absent. */
  plainBlocks: z.array(z.number().int().min(1).max(5)).optional(),
  /** Whether what these hand over is normalised; not when absent. */
  skipBatchNorm: z.boolean().optional(),
  preprocessing: z.enum(Object.keys(PREPROCESSINGS) as [PreprocessingName, ...PreprocessingName[]]),
});

export type ModelDescription = z.infer<typeof modelDescriptionSchema>;

export function isModelDescription(value: unknown): value is ModelDescription {
  return modelDescriptionSchema.safeParse(value).success;
}
