import type { Decoder } from './decoder';
import { U_NET } from './u-net';

/** Decoders by name. */
export const DECODERS = {
  'u-net': U_NET,
} satisfies Record<string, Decoder>;

export type DecoderName = keyof typeof DECODERS;
export const DECODER_NAMES = Object.keys(DECODERS) as [DecoderName, ...DecoderName[]];
/** Of models that do not say. */
export const DEFAULT_DECODER: DecoderName = 'u-net';
