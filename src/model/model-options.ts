import { z } from 'zod';
import { decoderOptions } from './decoders/decoder-options';
import { encoderOptions } from './encoders/encoder-options';

/** What an experiment says under `model`. */
export const modelOptions = z.strictObject({
  /** Multiplies every channel count; 1 is the encoder's own width, which ImageNet weights need. */
  width: z.number().positive().max(4).default(1),
  batchNorm: z.boolean().default(true),
  encoder: encoderOptions.prefault({}),
  decoder: decoderOptions.prefault({}),
});

export type ModelOptions = z.infer<typeof modelOptions>;
