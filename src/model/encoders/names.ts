/** The encoders there are. Apart from the table itself, which needs TensorFlow: an experiment is checked without. */
export const ENCODER_NAMES = ['vgg16', 'vgg19', 'resnet50'] as const;

export type EncoderName = (typeof ENCODER_NAMES)[number];

/** Of models that do not say. */
export const DEFAULT_ENCODER: EncoderName = 'vgg19';
