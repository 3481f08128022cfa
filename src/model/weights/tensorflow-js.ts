import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { ModelError } from '../../errors';
import { LayerWeights, type WeightArray } from './layer-weights';

/** An entry of TensorFlow.js's weights manifest. */
interface WeightsEntry {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: unknown;
}

interface WeightsGroup {
  paths: string[];
  weights: WeightsEntry[];
  /** Of the shards one after the other, in hexadecimal; this project's checkpoints have it. */
  sha256?: string;
}

export interface TensorFlowJsWeights {
  weights: LayerWeights;
  /** What a checkpoint of this project says of itself; undefined in files from elsewhere. */
  metadata: unknown;
}

/**
 * Reads weights in TensorFlow.js's layers format.
 *
 * @param file a `model.json` or a `weights_manifest.json`
 * @throws ModelError when a file is missing, cut short, altered or not of that format, or holds a number that is not finite
 */
export function readTensorFlowJsWeights(file: string): TensorFlowJsWeights {
  const { groups, metadata } = parse(file);
  const arrays = new Map<string, WeightArray>();
  for (const group of groups) for (const [name, array] of decode(group, file)) arrays.set(name, array);
  return { weights: new LayerWeights(file, arrays), metadata };
}

function parse(file: string): { groups: WeightsGroup[]; metadata: unknown } {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ModelError(`${file}: is not JSON`, 'fetch or write the file again', { cause });
  }
  const model = content as { weightsManifest?: WeightsGroup[]; userDefinedMetadata?: unknown } | null;
  const groups = Array.isArray(content) ? (content as WeightsGroup[]) : model?.weightsManifest;
  if (!Array.isArray(groups) || groups.some((group) => !Array.isArray(group?.paths) || !Array.isArray(group?.weights)))
    throw new ModelError(
      `${file}: holds no weights manifest`,
      'give a TensorFlow.js layers model or weights_manifest.json',
    );
  return { groups, metadata: Array.isArray(content) ? undefined : model?.userDefinedMetadata };
}

function decode(group: WeightsGroup, file: string): [string, WeightArray][] {
  const folder = resolve(dirname(file));
  const shards = group.paths.map((path) => {
    const shard = resolve(folder, path);
    if (!shard.startsWith(folder + sep))
      throw new ModelError(`${file}: names the shard ${path} outside its own folder`, 'use a manifest you trust');
    if (!existsSync(shard)) throw new ModelError(`${shard}: is missing`, `${file} names it; fetch it again`);
    return readFileSync(shard);
  });
  const bytes = Buffer.concat(shards);
  const first = resolve(folder, group.paths[0] ?? '');
  const expected = group.weights.reduce((sum, entry) => sum + bytesOf(entry, file), 0);
  if (bytes.length !== expected)
    throw new ModelError(
      `${first}: ${bytes.length} bytes of weights, ${file} promises ${expected}`,
      'the file is cut short or another one; fetch it again',
    );
  if (group.sha256 !== undefined) requireChecksum(bytes, group.sha256, first, file);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  let start = 0;
  return group.weights.map((entry) => {
    const length = bytesOf(entry, file) / 4;
    start += length;
    return [entry.name, { shape: entry.shape, values: values.subarray(start - length, start) }];
  });
}

function bytesOf({ name, shape, dtype, quantization }: WeightsEntry, file: string): number {
  if (dtype !== 'float32' || quantization !== undefined)
    throw new ModelError(
      `${file}: "${name}" is ${quantization === undefined ? dtype : 'quantized'}, expected plain float32`,
      'convert the model again without quantization',
    );
  if (!Array.isArray(shape) || !shape.every((side) => Number.isInteger(side) && side >= 0))
    throw new ModelError(`${file}: "${name}" has the shape ${JSON.stringify(shape)}`, 'fetch or write the file again');
  return 4 * shape.reduce((product, side) => product * side, 1);
}

function requireChecksum(bytes: Buffer, expected: string, shard: string, file: string): void {
  const found = sha256(bytes);
  if (found === expected) return;
  throw new ModelError(
    `${shard}: SHA-256 ${found}, ${file} promises ${expected}`,
    'the file was altered since it was written; take another checkpoint, or train again',
  );
}

/** @returns the SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
