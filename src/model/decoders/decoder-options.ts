import { z } from 'zod';
import { DECODER_NAMES, DEFAULT_DECODER } from './names';

/** What an experiment says under `model.decoder`. */
export const decoderOptions = z.strictObject({
  name: z.enum(DECODER_NAMES).default(DEFAULT_DECODER),
  /**
   * Multiplies the channel counts of the decoder alone, its bottleneck included; `model.width` when null. An encoder of full
   * width, as ImageNet's weights need it, does not need a decoder of full width.
   */
  width: z.number().positive().max(4).nullable().default(null),
});
