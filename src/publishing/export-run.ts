import { join } from 'node:path';
import { ModelError } from '../errors';
import { requireGroups } from '../evaluation/segmenter';
import { writeFile } from '../files/write-file';
import type { tf } from '../tensorflow/tensorflow';
import { loadCheckpoint } from '../training/checkpoint';
import type { CheckpointMetadata } from '../training/checkpoint-metadata';
import type { ModelFile } from './exported-model';
import { layersModelFiles } from './layers-model';
import { savedModelFiles } from './saved-model';

/**
 * - `tfjs`: a layers model of TensorFlow.js, for browsers and Node;
 * - `savedmodel`: a SavedModel, for TensorFlow in Python, C++, Java and for TensorFlow Serving.
 */
export const EXPORT_FORMATS = ['tfjs', 'savedmodel'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const FILES: Readonly<Record<ExportFormat, (model: tf.LayersModel, checkpoint: CheckpointMetadata) => ModelFile[]>> = {
  tfjs: layersModelFiles,
  savedmodel: savedModelFiles,
};

/**
 * The model of a run in another format, in memory. It takes pictures as they are, 0 to 255; its preprocessing is inside.
 *
 * @param run a run's folder, for its best checkpoint, or a checkpoint's
 * @throws ModelError when there is none, or it predicts something else than the eight groups
 */
export function exportedFiles(run: string, format: ExportFormat): ModelFile[] {
  const { model, metadata } = loadCheckpoint(run);
  try {
    requireGroups(metadata);
    return FILES[format](model, metadata);
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
  { to: format, out = join(run, 'export', format) }: { to: ExportFormat; out?: string },
): { path: string; bytes: number }[] {
  return exportedFiles(run, format).map(({ name, content }) => {
    const path = join(out, name);
    writeFile(path, content);
    return { path, bytes: content.length };
  });
}
