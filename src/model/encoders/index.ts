import { lazyTable } from '../lazy-table';
import type { Encoder } from './encoder';

/** Encoders by name. One is added as a file beside these and an entry here. */
export const ENCODERS = lazyTable({
  vgg16: () => (require('./vgg16') as typeof import('./vgg16')).VGG16,
  vgg19: () => (require('./vgg19') as typeof import('./vgg19')).VGG19,
  resnet50: () => (require('./resnet50') as typeof import('./resnet50')).RESNET50,
} satisfies Record<string, () => Encoder>);

export type EncoderName = keyof typeof ENCODERS;

export const ENCODER_NAMES = Object.keys(ENCODERS) as [EncoderName, ...EncoderName[]];

/** Of models that do not say. */
export const DEFAULT_ENCODER: EncoderName = 'vgg19';
