import { join } from 'node:path';
import { ModelError } from '../errors';
import { writeFile } from '../files/write-file';
import { classSetOf } from '../model/model-classes';
import type { NumberFormat } from '../tensorflow/precision-choice';
import type { tf } from '../tensorflow/tensorflow';
import { loadCheckpoint } from '../training/checkpoint';
import type { CheckpointMetadata } from '../training/checkpoint-metadata';
import type { ModelFile } from './exported-model';
import { layersModelFiles } from './layers-model';
import { onnxModelFiles } from './onnx-model';
import { savedModelFiles } from './saved-model';

/**
 * - `tfjs`: a layers model of TensorFlow.js, for browsers and Node;
 * - `savedmodel`: a SavedModel, for TensorFlow in Python, C++, Java and for TensorFlow Serving;
 * - `onnx`: an ONNX file, for onnxruntime and all that reads it.
 */
export const EXPORT_FORMATS = ['tfjs', 'savedmodel', 'onnx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const FILES: Readonly<
  Record<ExportFormat, (model: tf.LayersModel, checkpoint: CheckpointMetadata, precision: NumberFormat) => ModelFile[]>
> = { tfjs: layersModelFiles, savedmodel: savedModelFiles, onnx: onnxModelFiles };

/**
 * The model of a run in another format, in memory. It takes pictures as they are, 0 to 255; its preprocessing is inside.
 *
 * @param run a run's folder, for its best checkpoint, or a checkpoint's
 * @param precision of its convolutions
 * @throws ModelError when there is none, it does something else than segmentation, or the format has no such precision
 */
export function exportedFiles(run: string, format: ExportFormat, precision: NumberFormat = 'float32'): ModelFile[] {
  const { model, metadata } = loadCheckpoint(run);
  try {
    classSetOf(metadata);
    if (precision !== 'float32' && format !== 'savedmodel')
      throw new ModelError(`${format} has no ${precision}`, 'export to savedmodel, or in float32');
    return FILES[format](model, metadata, precision);
  } catch (error) {
    if (error instanceof ModelError) throw new ModelError(`${run}: ${error.problem}`, error.remedy, { cause: error });
    throw error;
  } finally {
    model.dispose();
  }
}

/**
 * Writes the model of a run for other programs.
 *
 * @param out by default `export/<format>` in the run's folder
 * @returns the files written, with their sizes in bytes
 */
export function exportRun(
  run: string,
  options: { to: ExportFormat; out?: string; precision?: NumberFormat },
): { path: string; bytes: number }[] {
  const { to: format, out = join(run, 'export', format), precision } = options;
  return exportedFiles(run, format, precision).map(({ name, content }) => {
    const path = join(out, name);
    writeFile(path, content);
    return { path, bytes: content.length };
  });
}
