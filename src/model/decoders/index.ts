import { lazyTable } from '../lazy-table';
import type { Decoder } from './decoder';

/** Decoders by name. One is added as a file beside these and an entry here. */
export const DECODERS = lazyTable({
  'u-net': () => (require('./u-net') as typeof import('./u-net')).U_NET,
  fpn: () => (require('./fpn') as typeof import('./fpn')).FPN,
} satisfies Record<string, () => Decoder>);

export type DecoderName = keyof typeof DECODERS;

export const DECODER_NAMES = Object.keys(DECODERS) as [DecoderName, ...DecoderName[]];

/** Of models that do not say. */
export const DEFAULT_DECODER: DecoderName = 'u-net';
