import { ModelError } from '../errors';
import { tf } from '../tensorflow/tensorflow';

/**
 * Weights by layer name and weight name (`block1_conv1/kernel`), from whatever file they came, ready to be handed to
 * layers of the same name.
 */
export class LayerWeights {
  /**
   * @param source names the file in errors
   * @param tensors by `<layer>/<weight>`; owned by this object
   */
  constructor(
    readonly source: string,
    private readonly tensors: ReadonlyMap<string, tf.Tensor>,
  ) {}

  /** @returns whether any weight of that layer is here. */
  has(layerName: string): boolean {
    return [...this.tensors.keys()].some((key) => key.startsWith(`${layerName}/`));
  }

  /**
   * Sets a built layer's weights.
   *
   * @param names of the layer's weights, in the layer's order
   * @throws ModelError when a weight is missing or has another shape, before anything is set
   */
  handOver(layer: tf.layers.Layer, names: readonly string[]): void {
    const values = names.map((name, index) => {
      const key = `${layer.name}/${name}`;
      const tensor = this.tensors.get(key);
      const expected = layer.weights[index].shape as number[];
      if (!tensor)
        throw new ModelError(
          `${this.source}: holds no weight "${key}" of shape [${expected}]`,
          'choose weights of a VGG19, or take over only the blocks they have (model.encoder.blocks)',
        );
      if (!tf.util.arraysEqual(tensor.shape, expected))
        throw new ModelError(
          `${this.source}: "${key}" has shape [${tensor.shape}], the model expects [${expected}]`,
          'give the model the width and the batchNorm that the weights were made with',
        );
      return tensor;
    });
    layer.setWeights(values);
  }

  dispose(): void {
    tf.dispose([...this.tensors.values()]);
  }
}
