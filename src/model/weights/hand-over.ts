import { ModelError } from '../../errors';
import { tf } from '../../tensorflow/tensorflow';
import type { LayerWeights } from './layer-weights';

/**
 * Gives the layers of a built model the weights that bear their names; the others keep theirs.
 *
 * @throws ModelError when a weight of such a layer is missing, too many or of another shape, before that layer is changed
 */
export function handOver(model: tf.LayersModel, layers: LayerWeights): void {
  for (const layer of model.layers) if (layers.has(layer.name)) handOverLayer(layer, layers);
}

/**
 * Gives every layer of a built model its weights.
 *
 * @throws ModelError when a weight is missing, too many or of another shape
 */
export function handOverAll(model: tf.LayersModel, layers: LayerWeights): void {
  for (const layer of model.layers) if (layer.weights.length > 0) handOverLayer(layer, layers);
}

function handOverLayer(layer: tf.layers.Layer, layers: LayerWeights): void {
  const names = layer.weights.map(({ originalName }) => originalName.slice(layer.name.length + 1));
  const surplus = layers.weightsOf(layer.name).filter((name) => !names.includes(name));
  if (surplus.length > 0)
    throw new ModelError(
      `${layers.source}: holds "${layer.name}/${surplus[0]}", which the model has no place for`,
      'give the model the batchNorm that the weights were made with',
    );
  const found = names.map((name, index) => layers.require(layer.name, name, layer.weights[index].shape as number[]));
  tf.tidy(() => layer.setWeights(found.map(({ values, shape }) => tf.tensor(values, [...shape]))));
}
