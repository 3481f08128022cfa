import { ModelError } from '../../errors';
import { tf } from '../../tensorflow/tensorflow';

/** One weight as a file holds it, in Keras's layout: a convolution's kernel is [height, width, inputs, outputs]. */
export interface WeightArray {
  readonly shape: readonly number[];
  /** Row by row, as many as the shape says. */
  readonly values: Float32Array;
}

/**
 * Weights by layer name and weight name (`block1_conv1/kernel`), from whatever file they came, ready to be handed to
 * layers of the same name.
 */
export class LayerWeights {
  /**
   * @param source names the file in errors
   * @param arrays by `<layer>/<weight>`
   * @throws ModelError for a number that is not finite
   */
  constructor(
    readonly source: string,
    private readonly arrays: ReadonlyMap<string, WeightArray>,
  ) {
    for (const [name, { values }] of arrays) {
      const place = values.findIndex((value) => !Number.isFinite(value));
      if (place < 0) continue;
      throw new ModelError(
        `${source}: "${name}" holds ${values[place]} (value ${place} of ${values.length}), expected finite numbers`,
        'the file is damaged or its training broke down; fetch it again, or use another run',
      );
    }
  }

  /** Names of the layers with weights, each once, in the file's order. */
  get layers(): string[] {
    return [...new Set([...this.arrays.keys()].map((name) => name.slice(0, name.lastIndexOf('/'))))];
  }

  /** @returns whether any weight of that layer is here. */
  has(layerName: string): boolean {
    return this.layers.includes(layerName);
  }

  find(layerName: string, weightName: string): WeightArray | undefined {
    return this.arrays.get(`${layerName}/${weightName}`);
  }

  /** @throws ModelError when the weight is missing or has another shape. */
  require(layerName: string, weightName: string, shape: readonly number[]): WeightArray {
    const name = `${layerName}/${weightName}`;
    const found = this.arrays.get(name);
    if (!found)
      throw new ModelError(
        `${this.source}: holds no weight "${name}" of shape [${shape}]`,
        'choose weights of the same network, or take over only the blocks they have (model.encoder.blocks)',
      );
    if (!tf.util.arraysEqual([...found.shape], [...shape]))
      throw new ModelError(
        `${this.source}: "${name}" has shape [${found.shape}], the model expects [${shape}]`,
        'give the model the width and the batchNorm that the weights were made with',
      );
    return found;
  }

  /** Names of a layer's weights. */
  weightsOf(layerName: string): string[] {
    return [...this.arrays.keys()]
      .filter((name) => name.slice(0, name.lastIndexOf('/')) === layerName)
      .map((name) => name.slice(layerName.length + 1));
  }
}
