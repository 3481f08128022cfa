import { GROUP_COLORS, type GroupName, type Rgb } from '../data/labels';
import { PREPROCESSINGS, type PreprocessingName } from '../data/preprocessing';
import type { CheckpointMetadata } from '../training/checkpoint';

/** A file of an exported model. */
export interface ModelFile {
  /** Below the model's folder. */
  name: string;
  content: Uint8Array;
}

/** [batch, height, width, …]; null is any number. */
type PictureShape = [null, number, number, ...number[]];

/** What an exported model says of itself, for those who have nothing but its files. */
export interface ExportedModelMetadata {
  task: 'segmentation';
  /** Pictures go in as they are: red, green, blue from 0 to 255. */
  input: { name: 'image'; shape: PictureShape; dtype: 'float32' | 'uint8'; channels: 'RGB'; range: [0, 255] };
  /**
   * By name: `logits`, whose softmax over the last axis are the `probabilities`; `classes`, the index of the largest.
   */
  outputs: Readonly<Record<string, PictureShape>>;
  /** The channels of logits and probabilities, in order, each with its colour in a mask. */
  classes: { name: string; color: Rgb }[];
  /** What the model itself does to a picture first: channel i becomes (picture[order[i]] - mean[i]) / scale[i]. */
  preprocessing: {
    name: PreprocessingName;
    insideModel: true;
    order: readonly number[];
    mean: readonly number[];
    scale: readonly number[];
  };
  /** The epoch of the checkpoint, counted from 1, and its loss on the validation split. */
  checkpoint: { epoch: number; validationLoss: number };
}

/**
 * @param checkpoint of a model that segments into the groups
 * @param dtype of the input
 * @param outputs which the format gives
 */
export function exportedModelMetadata(
  { size, classes, preprocessing, epoch, validationLoss }: CheckpointMetadata,
  dtype: 'float32' | 'uint8',
  outputs: readonly ('logits' | 'probabilities' | 'classes')[],
): ExportedModelMetadata {
  const shapeOf = (output: string): PictureShape =>
    output === 'classes' ? [null, size, size] : [null, size, size, classes.length];
  return {
    task: 'segmentation',
    input: { name: 'image', shape: [null, size, size, 3], dtype, channels: 'RGB', range: [0, 255] },
    outputs: Object.fromEntries(outputs.map((output) => [output, shapeOf(output)])),
    classes: classes.map((name) => ({ name, color: GROUP_COLORS[name as GroupName] })),
    preprocessing: { name: preprocessing, insideModel: true, ...PREPROCESSINGS[preprocessing] },
    checkpoint: { epoch, validationLoss },
  };
}
