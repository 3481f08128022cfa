import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { ModelError } from '../errors';
import { tf } from '../tensorflow/tensorflow';
import { LayerWeights } from './layer-weights';

/** Where a run keeps the checkpoint of its lowest validation loss. */
export const BEST_CHECKPOINT = 'checkpoints/best';
/** Where it keeps the checkpoint of its last epoch. */
export const LAST_CHECKPOINT = 'checkpoints/last';

/** An entry of TensorFlow.js's weights manifest. */
interface WeightsEntry {
  name: string;
  shape: number[];
  dtype: 'float32';
  quantization?: undefined;
}

interface WeightsGroup {
  paths: string[];
  weights: WeightsEntry[];
}

export interface WeightsFile {
  weights: LayerWeights;
  /** What a checkpoint of this project says of itself; undefined in files from elsewhere. */
  metadata: unknown;
}

/**
 * Reads weights in TensorFlow.js's format.
 *
 * @param path a run folder, a checkpoint folder, its `model.json`, or a `weights_manifest.json`
 * @throws ModelError when a file is missing, cut short or not of that format, or holds a number that is not finite
 */
export function readWeightsFile(path: string): WeightsFile {
  const file = locate(path);
  const { groups, metadata } = parse(file);
  const tensors = new Map<string, tf.Tensor>();
  try {
    for (const group of groups)
      for (const [name, tensor] of Object.entries(decode(group, file))) tensors.set(name, tensor);
    return { weights: new LayerWeights(file, tensors), metadata };
  } catch (error) {
    tf.dispose([...tensors.values()]);
    throw error;
  }
}

function locate(path: string): string {
  const candidates = [
    path,
    join(path, 'model.json'),
    join(path, 'weights_manifest.json'),
    join(path, BEST_CHECKPOINT, 'model.json'),
  ];
  const file = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (file) return file;
  throw new ModelError(
    `${path}: no weights there; looked for ${candidates.slice(1).join(', ')}`,
    'train that run first, or give the folder of a TensorFlow.js model',
  );
}

function parse(file: string): { groups: WeightsGroup[]; metadata: unknown } {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ModelError(`${file}: is not JSON`, 'fetch or write the file again', { cause });
  }
  const model = content as { weightsManifest?: WeightsGroup[]; userDefinedMetadata?: unknown };
  const groups = Array.isArray(content) ? (content as WeightsGroup[]) : model?.weightsManifest;
  if (!Array.isArray(groups) || groups.some((group) => !Array.isArray(group?.paths) || !Array.isArray(group?.weights)))
    throw new ModelError(
      `${file}: holds no weights manifest`,
      'give a TensorFlow.js layers model or weights_manifest.json',
    );
  return { groups, metadata: Array.isArray(content) ? undefined : model.userDefinedMetadata };
}

function decode(group: WeightsGroup, file: string): Record<string, tf.Tensor> {
  const folder = resolve(dirname(file));
  const shards = group.paths.map((path) => {
    const shard = resolve(folder, path);
    if (!shard.startsWith(folder + sep))
      throw new ModelError(`${file}: names the shard ${path} outside its own folder`, 'use a manifest you trust');
    if (!existsSync(shard)) throw new ModelError(`${shard}: is missing`, `${file} names it; fetch it again`);
    return readFileSync(shard);
  });
  const bytes = Buffer.concat(shards);
  const expected = group.weights.reduce((sum, entry) => sum + bytesOf(entry, file), 0);
  if (bytes.length !== expected)
    throw new ModelError(
      `${resolve(folder, group.paths[0])}: ${bytes.length} bytes of weights, ${file} promises ${expected}`,
      'the file is cut short or another one; fetch it again',
    );
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const tensors = tf.io.decodeWeights(buffer, group.weights);
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tf.tidy(() => tf.all(tf.isFinite(tensor)).dataSync()[0])) continue;
    tf.dispose(tensors);
    throw new ModelError(`${file}: "${name}" holds a number that is not finite`, 'use the weights of a sound run');
  }
  return tensors;
}

function bytesOf(entry: WeightsEntry, file: string): number {
  if (entry.dtype !== 'float32' || entry.quantization)
    throw new ModelError(`${file}: "${entry.name}" is ${entry.dtype}, expected plain float32`, 'do not quantize it');
  return 4 * entry.shape.reduce((product, side) => product * side, 1);
}
