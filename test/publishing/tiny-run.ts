import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RgbPicture } from '../../src/data/picture';
import { experimentSchema } from '../../src/experiment/schema';
import { buildModel } from '../../src/model/build-model';
import type { ModelDescription } from '../../src/model/model-description';
import { createRandom } from '../../src/random';
import { tf } from '../../src/tensorflow/tensorflow';
import { saveCheckpoint } from '../../src/training/checkpoint';
import { tinyDescription } from '../model/tiny-model';

/**
 * Saves a tiny model as the best of a run. Its weights are random, and so are the running statistics of its batch
 * normalisation, which a model that was never trained has at 0 and 1.
 */
export async function writeTinyRun(folder: string, description: Partial<ModelDescription> = {}): Promise<void> {
  const metadata = { ...tinyDescription, ...description, epoch: 3, validationLoss: 0.5 };
  const model = buildModel(metadata, 4);
  const random = createRandom(2);
  for (const layer of model.layers.filter(({ name }) => name.endsWith('_bn'))) {
    const drawn = (low: number, high: number) =>
      tf.tensor1d(Array.from({ length: layer.weights[0].shape[0] as number }, () => random.uniform(low, high)));
    // Scale, offset, mean, variance.
    tf.tidy(() => layer.setWeights([drawn(0.5, 1.5), drawn(-0.3, 0.3), drawn(-0.3, 0.3), drawn(0.5, 2)]));
  }
  await saveCheckpoint(join(folder, 'checkpoints/best'), model, metadata);
  model.dispose();
}

/** Says in a run's folder what share of the shorter side its windows have, and whether whole pictures were evaluated. */
export function writeWindows(folder: string, share: number, resolution: 'training' | 'original' = 'original'): void {
  const experiment = experimentSchema.parse({
    name: 'windows',
    notebooks: ['none.ipynb'],
    evaluation: { resolution, window: { share } },
  });
  writeFileSync(join(folder, 'experiment.yaml'), stringify(experiment));
}

export function noise(width: number, height: number, seed = 1): RgbPicture {
  const random = createRandom(seed);
  return { width, height, pixels: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)) };
}
