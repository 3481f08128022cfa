import { z } from 'zod';
import { DECODER_NAMES, DEFAULT_DECODER } from './decoders';
import { encoderOptions } from './encoders/encoder-options';

const decoderOptions = z.strictObject({
  name: z.enum(DECODER_NAMES).default(DEFAULT_DECODER),
  /**
   * Multiplies the channel counts of the decoder alone, its bottleneck included; `model.width` when null. An encoder of full
   * width, as ImageNet's weights need it, does not need a decoder of full width.
   */
  width: z.number().positive().max(4).nullable().default(null),
});

/** What an experiment says under `model`. */
export const modelOptions = z.strictObject({
  /** Multiplies every channel count; 1 is the encoder's own width, which ImageNet weights need. */
  width: z.number().positive().max(4).default(1),
  batchNorm: z.boolean().default(true),
  encoder: encoderOptions.prefault({}),
  decoder: decoderOptions.prefault({}),
});

export type ModelOptions = z.infer<typeof modelOptions>;
