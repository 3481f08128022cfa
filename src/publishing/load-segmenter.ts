import { ModelError } from '../errors';
import { Segmenter, type SegmenterOptions } from '../evaluation/segmenter';
import { recordedExecution, recordedWindow } from '../experiment/run-folder';
import { trainedModelIn } from '../study/trained-model';

/**
 * The segmenter of a run, which predicts and computes as the run does unless `options` say otherwise.
 *
 * @param folder a run's, for its best checkpoint, or a checkpoint's
 * @throws ModelError when there is none, or it does something else than segmentation
 */
export function loadSegmenter(
  folder: string,
  {
    execution = recordedExecution(folder),
    window = recordedWindow(folder),
    ...options
  }: Partial<SegmenterOptions> = {},
): { segmenter: Segmenter; dispose(): void } {
  const { model, metadata } = trainedModelIn(folder);
  try {
    const segmenter = new Segmenter(model, metadata, { execution, window, ...options });
    return {
      segmenter,
      dispose: () => {
        segmenter.dispose();
        model.dispose();
      },
    };
  } catch (error) {
    model.dispose();
    if (error instanceof ModelError)
      throw new ModelError(`${folder}: ${error.problem}`, error.remedy, { cause: error });
    throw error;
  }
}
