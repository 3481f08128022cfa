import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../../errors';

/** Where a run keeps the checkpoint of its lowest validation loss. */
export const BEST_CHECKPOINT = 'checkpoints/best';
/** Where it keeps the checkpoint of its last epoch. */
export const LAST_CHECKPOINT = 'checkpoints/last';

/**
 * @param path a file, a checkpoint's folder, that of a TensorFlow.js model, or a run's for its best checkpoint
 * @returns the file to read
 * @throws ModelError when none is there
 */
export function locateWeights(path: string): string {
  const inFolder = ['model.json', 'weights_manifest.json', `${BEST_CHECKPOINT}/model.json`].map((name) =>
    join(path, name),
  );
  const file = [path, ...inFolder].find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (file) return file;
  throw new ModelError(
    existsSync(path)
      ? `${path}: no weights there; looked for ${inFolder.join(', ')}`
      : `${path}: no weights there: no such file or folder`,
    'train that run first, or give a weights file or the folder of a TensorFlow.js model',
  );
}
