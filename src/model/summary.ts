import { grouped } from '../configuration/canonical-json';
import type { tf } from '../tensorflow/tensorflow';
import type { Encoder } from './encoders/encoder';

export interface ModelPart {
  /** A block's name, such as `block3`, `bottleneck` or `up1`; or that of a single layer. */
  part: string;
  /** Its layers without the block's name. */
  layers: string;
  /** Height, width and channels at the size at which it computes: before it pools, after it has enlarged. */
  shape: readonly number[];
  /** The same behind its last layer. */
  output: readonly number[];
  parameters: number;
  /** The parts whose output it takes, in the order of the data. */
  inputs: readonly string[];
  /** The encoder's stage that it belongs to. */
  stage: number | undefined;
  /** Whether training leaves all of its weights as they are. */
  frozen: boolean;
}

/** What a model consists of, block by block, in the order of the data. A layer called `up1_conv2` belongs to `up1`. */
export function modelParts(model: tf.LayersModel, { stageOf }: Pick<Encoder, 'stageOf'>): ModelPart[] {
  return grouped(model.layers, partOf).map((layers) => {
    const part = partOf(layers[0]);
    // The first that looks at several pixels says at which size a part computes.
    const main =
      layers.find(({ weights: [kernel] }) => (kernel?.shape[0] ?? 1) > 1 && kernel.shape.length === 4) ??
      layers[layers.length - 1];
    const side = shapeOf(main)[0];
    const weighted = layers.filter(({ weights }) => weights.length > 0);
    return {
      part,
      // Batch normalisation and rectifier go with the convolution in front of them.
      layers: layers
        .map(({ name }) => name.split('_').slice(1))
        .filter((rest) => rest.length === 1)
        .join(' '),
      shape: shapeOf(layers.filter((layer) => shapeOf(layer)[0] === side).pop()!),
      output: shapeOf(layers[layers.length - 1]),
      parameters: layers.reduce((sum, layer) => sum + layer.countParams(), 0),
      inputs: [...new Set(layers.flatMap(inputsOf).map(partOf))].filter((input) => input !== part),
      stage: stageOf(main.name),
      frozen: weighted.length > 0 && weighted.every(({ trainable }) => !trainable),
    };
  });
}

/**
 * What each stage of the encoder hands over to the decoder, in a built model: [batch, height, width, channels], the
 * shallowest first.
 */
export function stageOutputs(model: tf.LayersModel, { stages, stageOf }: Pick<Encoder, 'stages' | 'stageOf'>) {
  return stages.map(({ number }) => {
    const layers = model.layers.filter((layer) => stageOf(layer.name) === number && !layer.name.endsWith('_pool'));
    return layers[layers.length - 1].output as tf.SymbolicTensor;
  });
}

function partOf({ name }: tf.layers.Layer): string {
  return name.split('_')[0];
}

function shapeOf(layer: tf.layers.Layer): number[] {
  return (layer.outputShape as (number | null)[]).slice(1) as number[];
}

function inputsOf(layer: tf.layers.Layer): tf.layers.Layer[] {
  return layer.inboundNodes.flatMap(({ inboundLayers }) => inboundLayers);
}
