import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../errors';
import { removeFile, writeFile } from '../files/write-file';
import { buildModel } from '../model/build-model';
import { locateWeights } from '../model/weights/checkpoint-folders';
import { handOverAll } from '../model/weights/hand-over';
import { sealedJson, sha256 } from '../model/weights/sealed-json';
import { readTensorFlowJsWeights } from '../model/weights/tensorflow-js';
import { type OptimizerState, stateTensors } from '../tensorflow/optimizer';
import { tf } from '../tensorflow/tensorflow';
import { type CheckpointMetadata, parseMetadata, readModelJson, START_AGAIN } from './checkpoint-metadata';
import { decodeOptimizer, encodeOptimizer, optimizerDescription } from './optimizer-state';

/**
 * Writes a model in TensorFlow.js's layers format (`model.json` and its weights), which `tf.loadLayersModel` reads.
 * Weights and optimizer go into new files first; `model.json`, which names them, is replaced last, so that whoever reads
 * the folder meets the old checkpoint or the new one, never a mixture. Each of the files has its SHA-256 in `model.json`,
 * `model.json` itself included.
 *
 * @param optimizer what the optimizer remembers, for a training to be taken up from here; disposed of
 */
export async function saveCheckpoint(
  folder: string,
  model: tf.LayersModel,
  metadata: CheckpointMetadata,
  optimizer?: OptimizerState,
): Promise<void> {
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const weightsName = `weights-epoch-${metadata.epoch}.bin`;
    const weightData = Buffer.from(artifacts.weightData as ArrayBuffer);
    writeFile(join(folder, weightsName), weightData);
    const state = optimizer && encodeOptimizer(`optimizer-epoch-${metadata.epoch}.bin`, optimizer);
    if (state) writeFile(join(folder, state.description.path), state.bytes);
    const content = {
      format: 'layers-model',
      generatedBy: artifacts.generatedBy,
      modelTopology: artifacts.modelTopology,
      weightsManifest: [{ paths: [weightsName], weights: artifacts.weightSpecs, sha256: sha256(weightData) }],
      userDefinedMetadata: metadata,
      optimizer: state?.description,
    };
    writeFile(join(folder, 'model.json'), sealedJson(content));
    removeOthers(folder, [weightsName, state?.description.path]);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
}

/**
 * Builds the model of a checkpoint and gives it its weights.
 *
 * @param folder a checkpoint's or a run's, the latter for its best checkpoint
 * @throws ModelError when it is missing, damaged or altered, or its weights are not those of the model it describes;
 *   RunError when it is no checkpoint of this project
 */
export function loadCheckpoint(folder: string): { model: tf.LayersModel; metadata: CheckpointMetadata } {
  const { weights, metadata: stated } = readTensorFlowJsWeights(locateWeights(folder));
  const metadata = parseMetadata(stated);
  if (!metadata)
    throw new RunError(`${weights.source}: does not describe its model`, 'give a checkpoint that training wrote');
  const model = buildModel(metadata);
  try {
    handOverAll(model, weights);
    return { model, metadata };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * Gives a model the weights of a checkpoint that was saved with its optimizer.
 *
 * @returns what the optimizer remembered, the tensors the caller's to dispose of
 * @throws ModelError when it is missing, damaged or of another model, RunError when it holds no optimizer
 */
export function restoreCheckpoint(folder: string, model: tf.LayersModel): OptimizerState {
  const { success, data: description } = optimizerDescription.safeParse(readModelJson(folder).optimizer);
  const file = join(folder, success ? description.path : 'model.json');
  if (!success || !existsSync(file)) throw new RunError(`${file}: the optimizer's state is not there`, START_AGAIN);
  const { weights } = readTensorFlowJsWeights(locateWeights(folder));
  const optimizer = decodeOptimizer(readFileSync(file), description, file);
  try {
    handOverAll(model, weights);
    return optimizer;
  } catch (error) {
    tf.dispose(stateTensors(optimizer));
    throw error;
  }
}

/**
 * Removes what a process that was killed left beside a checkpoint: files of other epochs, and half-written ones.
 *
 * @param epoch the checkpoint's
 */
export function tidyCheckpoint(folder: string, epoch: number): void {
  removeOthers(folder, [`weights-epoch-${epoch}.bin`, `optimizer-epoch-${epoch}.bin`]);
}

/** Checkpoints of other epochs, and what a process that was killed left half written. */
function removeOthers(folder: string, kept: readonly (string | undefined)[]): void {
  for (const file of readdirSync(folder))
    if (/^(model\.json|(weights|optimizer)-epoch-\d+\.bin)(\.|$)/.test(file) && !['model.json', ...kept].includes(file))
      removeFile(join(folder, file));
}
