import { tf } from '../tensorflow/tensorflow';
import type { Decoder, SegmentationOptions } from './decoders/decoder';

export interface ForwardPass {
  input: number[];
  output: number[];
  /** Whether the output is [batch, height, width, classes] for the input [batch, height, width, 3]. */
  right: boolean;
}

/** The forward-pass dimension test: sends an arbitrary picture through a model and compares shapes. */
export function forwardPass(model: tf.LayersModel, batch: number, classes: number): ForwardPass {
  const [, height, width, channels] = model.inputs[0].shape as number[];
  const input = [batch, height, width, channels];
  const output = tf.tidy(() => (model.predict(tf.randomUniform(input)) as tf.Tensor).shape);
  return { input, output, right: tf.util.arraysEqual(output, [batch, height, width, classes]) };
}

/** The same for a model that is built for the occasion, as `forwardPassOf(uNet, options)`. */
export function forwardPassOf(build: Decoder['model'], options: SegmentationOptions, batch = 1): ForwardPass {
  const model = build(options);
  try {
    return forwardPass(model, batch, options.classes);
  } finally {
    model.dispose();
  }
}
