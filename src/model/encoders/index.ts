import type { Encoder } from './encoder';
import type { EncoderName } from './names';
import { RESNET50 } from './resnet50';
import { VGG16 } from './vgg16';
import { VGG19 } from './vgg19';

/** Encoders by name. */
export const ENCODERS = {
  vgg16: VGG16,
  vgg19: VGG19,
  resnet50: RESNET50,
} satisfies Record<EncoderName, Encoder>;
