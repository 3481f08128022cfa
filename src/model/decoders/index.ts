import type { Decoder } from './decoder';
import { FPN } from './fpn';
import type { DecoderName } from './names';
import { U_NET } from './u-net';

/** Decoders by name. */
export const DECODERS = {
  'u-net': U_NET,
  fpn: FPN,
} satisfies Record<DecoderName, Decoder>;
