/** The decoders there are; see the encoders' names. */
export const DECODER_NAMES = ['u-net', 'fpn'] as const;

export type DecoderName = (typeof DECODER_NAMES)[number];

/** Of models that do not say. */
export const DEFAULT_DECODER: DecoderName = 'u-net';
