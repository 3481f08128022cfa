import { join } from 'node:path';
import { ModelError } from '../errors';
import { writeFile } from '../files/write-file';
import { classSetOf } from '../model/model-classes';
import { trainedModelIn } from '../study/trained-model';
import type { NumberFormat } from '../tensorflow/precision-choice';
import type { tf } from '../tensorflow/tensorflow';
import type { CheckpointMetadata } from '../training/checkpoint-metadata';
import type { ModelFile } from './exported-model';
import { layersModelFiles, type StoredFormat } from './layers-model';
import { cardFiles } from './model-card';
import { onnxModelFiles } from './onnx-model';
import { savedModelFiles } from './saved-model';

/**
 * - `tfjs`: a layers model of TensorFlow.js, for browsers and Node;
 * - `savedmodel`: a SavedModel, for TensorFlow in Python, C++, Java and for TensorFlow Serving;
 * - `onnx`: an ONNX file, for onnxruntime and all that reads it.
 */
export type ExportFormat = 'tfjs' | 'savedmodel' | 'onnx';

export interface ExportOptions {
  /** Of its convolutions. */
  precision?: NumberFormat;
  /** Of the filters in its files. */
  stored?: StoredFormat;
}

const FILES: Readonly<
  Record<
    ExportFormat,
    (model: tf.LayersModel, checkpoint: CheckpointMetadata, options: Required<ExportOptions>) => ModelFile[]
  >
> = {
  tfjs: (model, checkpoint, { stored }) => layersModelFiles(model, checkpoint, stored),
  savedmodel: (model, checkpoint, { precision }) => savedModelFiles(model, checkpoint, precision),
  onnx: onnxModelFiles,
};

/**
 * The model of a run in another format, in memory. It takes pictures as they are, 0 to 255; its preprocessing is inside.
 *
 * @param run a run's folder, for its best checkpoint, or a checkpoint's
 * @throws ModelError when there is none, it does something else than segmentation, or the format has no such precision
 */
export function exportedFiles(
  run: string,
  format: ExportFormat,
  { precision = 'float32', stored = 'float32' }: ExportOptions = {},
): ModelFile[] {
  const { model, metadata } = trainedModelIn(run);
  try {
    classSetOf(metadata);
    if (precision !== 'float32' && format !== 'savedmodel')
      throw new ModelError(`${format} has no ${precision}`, 'export to savedmodel, or in float32');
    if (stored !== 'float32' && format !== 'tfjs')
      throw new ModelError(`${format} has no filters in ${stored}`, 'export to tfjs, or with weights in float32');
    return FILES[format](model, metadata, { precision, stored });
  } catch (error) {
    if (error instanceof ModelError) throw new ModelError(`${run}: ${error.problem}`, error.remedy, { cause: error });
    throw error;
  } finally {
    model.dispose();
  }
}

/**
 * Writes the model of a run for other programs; of a run that was evaluated, its card and settings beside it.
 *
 * @param out by default `export/<format>` in the run's folder
 * @returns the files written, with their sizes in bytes
 */
export function exportRun(
  run: string,
  { to, out = join(run, 'export', to), ...options }: ExportOptions & { to: ExportFormat; out?: string },
): { path: string; bytes: number }[] {
  return [...exportedFiles(run, to, options), ...cardFiles(run)].map(({ name, content }) => {
    const path = join(out, name);
    writeFile(path, content);
    return { path, bytes: content.length };
  });
}
