import { tf } from '../tensorflow/tensorflow';
import { DEFAULT_ENCODER, ENCODERS } from './encoders';
import type { ModelDescription } from './model-description';

/** What must divide both sides of a model's input, in pixels. */
export function strideOf({ encoder = DEFAULT_ENCODER }: Pick<ModelDescription, 'encoder'>): number {
  return ENCODERS[encoder].stride;
}

/**
 * The same layers, and so the same weights, for pictures of another size: a fully convolutional network takes any.
 *
 * @param model stays the caller's, who disposes of both
 * @param size in pixels; the model's stride must divide it
 */
export function withInputSize(model: tf.LayersModel, size: { height: number; width: number }): tf.LayersModel {
  const image = tf.input({ shape: [size.height, size.width, 3], name: 'image' });
  const rebuilt = new Map<number, tf.SymbolicTensor>([[model.inputs[0].id, image]]);
  // A model lists its layers in the order of the data.
  for (const layer of model.layers) {
    const { inputTensors, outputTensors } = layer.inboundNodes[0];
    if (rebuilt.has(outputTensors[0].id)) continue; // the picture
    const inputs = inputTensors.map(({ id }) => rebuilt.get(id)!);
    rebuilt.set(outputTensors[0].id, layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor);
  }
  return tf.model({ name: model.name, inputs: image, outputs: rebuilt.get(model.outputs[0].id)! });
}
