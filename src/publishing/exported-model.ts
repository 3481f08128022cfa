import { PREPROCESSINGS } from '../data/preprocessing';
import type { Rgb } from '../labels';
import { classSetOf } from '../model/model-classes';
import type { tf } from '../tensorflow/tensorflow';
import type { CheckpointMetadata } from '../training/checkpoint-metadata';

/** A file of an exported model. */
export interface ModelFile {
  /** Below the model's folder. */
  name: string;
  content: Uint8Array;
}

/** A layer as Keras writes it; of each node's inputs the first entry is the name of the layer it takes from. */
export interface TopologyLayer {
  name: string;
  class_name: string;
  config: Record<string, unknown>;
  inbound_nodes: [layer: string, node: number, tensor: number, options: object][][];
}

export interface Topology {
  class_name: string;
  config: { name: string; layers: TopologyLayer[]; input_layers: unknown[]; output_layers: unknown[] };
}

export function topologyOf(model: tf.LayersModel): Topology {
  return model.toJSON(null, false) as unknown as Topology;
}

/** [batch, height, width, …]; null is any number. */
type PictureShape = [null, number, number, ...number[]];

/**
 * What an exported model says of itself, for those who have nothing but its files. It says too what a checkpoint says, so
 * that this project reads its own exports as it reads checkpoints.
 */
export interface ExportedModelMetadata extends Omit<CheckpointMetadata, 'training'> {
  /** Of each class, in a mask. */
  colors: Rgb[];
  /** Pictures go in as they are: red, green, blue from 0 to 255. */
  input: { name: 'image'; shape: PictureShape; dtype: 'float32' | 'uint8'; channels: 'RGB'; range: [0, 255] };
  /**
   * By name: `logits`, a channel a class, whose softmax are the `probabilities`; `classes`, the index of the largest.
   */
  outputs: Readonly<Record<string, PictureShape>>;
  /** What the model itself does to a picture first: channel i becomes (picture[order[i]] - mean[i]) / scale[i]. */
  preprocessingInsideModel: { order: readonly number[]; mean: readonly number[]; scale: readonly number[] };
}

/**
 * @param checkpoint of a model that segments
 * @param dtype of the input
 * @param outputs which the format gives
 */
export function exportedModelMetadata(
  { training, ...checkpoint }: CheckpointMetadata,
  dtype: 'float32' | 'uint8',
  outputs: readonly ('logits' | 'probabilities' | 'classes')[],
): ExportedModelMetadata {
  const { size, classes, preprocessing } = checkpoint;
  const shapeOf = (output: string): PictureShape =>
    output === 'classes' ? [null, size, size] : [null, size, size, classes.length];
  return {
    ...checkpoint,
    colors: classSetOf(checkpoint).classes.map(({ color }) => color),
    input: { name: 'image', shape: [null, size, size, 3], dtype, channels: 'RGB', range: [0, 255] },
    outputs: Object.fromEntries(outputs.map((output) => [output, shapeOf(output)])),
    preprocessingInsideModel: PREPROCESSINGS[preprocessing],
  };
}
