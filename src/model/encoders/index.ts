import type { Encoder } from './encoder';
import { VGG19 } from './vgg19';

/** Encoders by name. */
export const ENCODERS = {
  vgg19: VGG19,
} satisfies Record<string, Encoder>;

export type EncoderName = keyof typeof ENCODERS;
export const ENCODER_NAMES = Object.keys(ENCODERS) as [EncoderName, ...EncoderName[]];
/** Of models that do not say. */
export const DEFAULT_ENCODER: EncoderName = 'vgg19';
