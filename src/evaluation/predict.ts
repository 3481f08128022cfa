import { batches, batchSizes } from '../data/batches';
import { type RgbPicture, readPicture } from '../data/picture';
import type { Sample } from '../data/prepare-scene';
import type { PreprocessingName } from '../data/preprocessing';
import type { SampleSource } from '../data/sample-source';
import { GROUP_NAMES, type GroupName, groupIndexByLabelId } from '../labels';
import type { Execution } from '../tensorflow/execution';
import { createProgram } from '../tensorflow/program';
import { readValues } from '../tensorflow/read-values';
import { tf } from '../tensorflow/tensorflow';
import { imagesTensor, inputSpecs } from '../training/batch-tensors';
import { loadSegmenter, type Segmenter, type SegmenterOptions } from './segmenter';

/** What a model makes of a picture. */
export interface PicturePrediction {
  /** In pixels, those of the picture. */
  width: number;
  height: number;
  /** Most likely group of each pixel, an index of `groupNames`, [height, width]. */
  groups: Uint8Array;
  groupNames: readonly GroupName[];
  /** Share of the picture that each group takes, 0 to 1; together 1. */
  areas: Readonly<Record<GroupName, number>>;
  /** Of each group at each pixel, [height, width, groups], those of a pixel sum to 1; if asked for. */
  probabilities?: Float32Array;
}

export interface PredictOptions extends Partial<SegmenterOptions> {
  /** Whether to give the probabilities too: 32 bytes a pixel. */
  probabilities?: boolean;
}

/**
 * Predicts the group of every pixel of a picture of any size.
 *
 *     const { groups, areas } = await predict('street.png', 'results/camvid-base-2bacbbe2');
 *
 * The model sees square windows as high as the picture, overlapping by half, at the size it was trained on. For many
 * pictures load it once, by `loadSegmenter`, and give the segmenter in place of the folder.
 *
 * @param picture a file (PNG, JPEG, WebP, TIFF, AVIF, GIF), or its pixels
 * @param model a run's folder, for its best checkpoint, a checkpoint's, or a segmenter, which then brings its own options
 * @throws DataError for a file that is no picture, ModelError for a folder without a model of the eight groups
 */
export async function predict(
  picture: string | RgbPicture,
  model: string | Segmenter,
  { probabilities: wanted = false, ...options }: PredictOptions = {},
): Promise<PicturePrediction> {
  const pixels = typeof picture === 'string' ? await readPicture(picture) : picture;
  if (typeof model === 'string') {
    const { segmenter, dispose } = loadSegmenter(model, options);
    try {
      return await predict(pixels, segmenter, { probabilities: wanted });
    } finally {
      dispose();
    }
  }
  const { width, height } = pixels;
  const probabilities = wanted ? await model.probabilities(pixels) : undefined;
  const groups = probabilities ? mostLikely(probabilities) : await model.predict(pixels);
  return { width, height, groups, groupNames: GROUP_NAMES, areas: areasOf(groups), probabilities };
}

/** @param groups of pixels, indices of GROUP_NAMES. @returns the share of each group, 0 to 1 */
export function areasOf(groups: Uint8Array): Record<GroupName, number> {
  const counts = GROUP_NAMES.map(() => 0);
  for (const group of groups) counts[group] += 1;
  return Object.fromEntries(GROUP_NAMES.map((name, group) => [name, counts[group] / groups.length])) as Record<
    GroupName,
    number
  >;
}

function mostLikely(probabilities: Float32Array): Uint8Array {
  const groups = new Uint8Array(probabilities.length / GROUP_NAMES.length);
  for (let pixel = 0; pixel < groups.length; pixel += 1) {
    const start = pixel * GROUP_NAMES.length;
    let best = 0;
    for (let group = 1; group < GROUP_NAMES.length; group += 1)
      if (probabilities[start + group] > probabilities[start + best]) best = group;
    groups[pixel] = best;
  }
  return groups;
}

/** A scene with what a model made of it. */
export interface Prediction extends Sample {
  /** Most likely group of each pixel, an index of GROUP_NAMES, [size, size]. */
  predictedGroups: Uint8Array;
}

export interface PredictionOptions {
  preprocessing: PreprocessingName;
  execution: Execution;
  batchSize?: number;
  /** Told before the first prediction in which forms other than TensorFlow's own convolutions are computed. */
  onPrepared?: (prepared: { convolutionForms: Readonly<Record<string, string>> }) => void;
}

/**
 * Predicts the group of every pixel of every sample, in order.
 *
 * @param source scenes of the size the model was built for
 */
export async function* predictions(
  model: tf.LayersModel,
  source: SampleSource,
  { preprocessing, execution, batchSize = 8, onPrepared }: PredictionOptions,
): AsyncGenerator<Prediction> {
  let index = 0;
  const options = { batchSize, preprocessing, classOfLabelId: groupIndexByLabelId() };
  const program = createProgram(execution);
  const classify = program.function((images) => [tf.argMax(model.apply(images, { training: false }) as tf.Tensor, -1)]);
  try {
    for (const size of batchSizes(source, batchSize)) classify.prepare(inputSpecs(model, size).slice(0, 1));
    onPrepared?.({ convolutionForms: program.convolutionForms });
    for await (const batch of batches(source, options)) {
      const groups = readValues(() => classify.run([imagesTensor(batch, model)])[0]);
      const pixels = groups.length / batch.names.length;
      for (let position = 0; position < batch.names.length; position += 1, index += 1) {
        const predictedGroups = new Uint8Array(groups.subarray(position * pixels, (position + 1) * pixels));
        yield { ...(await source.read(index)), predictedGroups };
      }
    }
  } finally {
    program.dispose();
  }
}
