import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../errors';
import { writeFile } from '../experiment/write-file';
import { buildModel, type ModelDescription } from '../model/build-model';
import { readWeightsFile } from '../model/weights-file';
import { tf } from '../tensorflow/tensorflow';

/** What a checkpoint says of itself, beside the weights. */
export interface CheckpointMetadata extends ModelDescription {
  /** The epoch it was taken after, counted from 1. */
  epoch: number;
  validationLoss: number;
}

/**
 * Writes a model in TensorFlow.js's layers format (`model.json` and its weights), which `tf.loadLayersModel` reads.
 * The weights go into a new file first; `model.json`, which names them, is replaced last, so that whoever reads the
 * folder meets the old checkpoint or the new one, never a mixture.
 */
export async function saveCheckpoint(
  folder: string,
  model: tf.LayersModel,
  metadata: CheckpointMetadata,
): Promise<void> {
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const weightsName = `weights-epoch-${metadata.epoch}.bin`;
    mkdirSync(folder, { recursive: true });
    writeFile(join(folder, weightsName), Buffer.from(artifacts.weightData as ArrayBuffer));
    const content = {
      format: 'layers-model',
      generatedBy: artifacts.generatedBy,
      modelTopology: artifacts.modelTopology,
      weightsManifest: [{ paths: [weightsName], weights: artifacts.weightSpecs }],
      userDefinedMetadata: metadata,
    };
    writeFile(join(folder, 'model.json'), JSON.stringify(content));
    removeOtherWeights(folder, weightsName);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
}

/**
 * Builds the model of a checkpoint and gives it its weights.
 *
 * @param folder a checkpoint's or a run's, the latter for its best checkpoint
 * @throws ModelError when it is missing or damaged, RunError when it is no checkpoint of this project
 */
export function loadCheckpoint(folder: string): { model: tf.LayersModel; metadata: CheckpointMetadata } {
  const { weights, metadata } = readWeightsFile(folder);
  try {
    if (!isCheckpointMetadata(metadata))
      throw new RunError(`${weights.source}: does not describe its model`, 'give a checkpoint that training wrote');
    const model = buildModel(metadata);
    for (const layer of model.layers)
      if (layer.weights.length > 0)
        weights.handOver(
          layer,
          layer.weights.map(({ originalName }) => originalName.slice(layer.name.length + 1)),
        );
    return { model, metadata };
  } finally {
    weights.dispose();
  }
}

function isCheckpointMetadata(value: unknown): value is CheckpointMetadata {
  const metadata = value as CheckpointMetadata | undefined;
  return Array.isArray(metadata?.classes) && typeof metadata?.size === 'number' && typeof metadata?.width === 'number';
}

function removeOtherWeights(folder: string, kept: string): void {
  for (const file of readdirSync(folder))
    if (/^weights-epoch-\d+\.bin$/.test(file) && file !== kept) rmSync(join(folder, file), { force: true });
}
