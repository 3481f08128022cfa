import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../../errors';
import { fromFloat16 } from './float16';
import { LayerWeights, type WeightArray } from './layer-weights';
import { readSealedJson, sha256 } from './sealed-json';

/** A part of TensorFlow.js's weights manifest: files, and what their bytes are, one weight after the other. */
const weightsGroup = z.looseObject({
  paths: z.array(z.string()).refine((paths) => new Set(paths).size === paths.length, 'names a file twice'),
  weights: z.array(
    z.looseObject({
      name: z.string(),
      shape: z.array(z.number().int().nonnegative()),
      dtype: z.string(),
      /** How the values are stored; read as float32. */
      quantization: z.looseObject({ dtype: z.string() }).optional(),
    }),
  ),
  /** Of the shards one after the other, in hexadecimal; this project's checkpoints have it. */
  sha256: z.string().optional(),
});
const weightsManifest = z.array(weightsGroup);
const layersModel = z.looseObject({ weightsManifest, userDefinedMetadata: z.unknown().optional() });

type WeightsGroup = z.infer<typeof weightsGroup>;
type WeightsEntry = WeightsGroup['weights'][number];

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

/** @returns the files of weights that such a file names. @throws ModelError when it is damaged, or not of that format */
export function shardsOf(file: string): string[] {
  return parse(file).groups.flatMap(({ paths }) => paths.map((path) => resolve(dirname(file), path)));
}

function parse(file: string): { groups: WeightsGroup[]; metadata: unknown } {
  const content = readSealedJson(file);
  const isList = Array.isArray(content);
  const { success, data, error } = isList ? weightsManifest.safeParse(content) : layersModel.safeParse(content);
  if (success)
    return Array.isArray(data)
      ? { groups: data, metadata: undefined }
      : { groups: data.weightsManifest, metadata: data.userDefinedMetadata };
  const [{ path, message }] = error.issues;
  const where = (isList ? ['weightsManifest', ...path] : path).join('.');
  throw new ModelError(
    `${file}: holds no weights manifest (${where || 'the whole'}: ${message})`,
    'give a TensorFlow.js layers model or weights_manifest.json',
  );
}

function decode(group: WeightsGroup, file: string): [string, WeightArray][] {
  const folder = resolve(dirname(file));
  const expected = group.weights.reduce((sum, entry) => sum + bytesOf(entry, file), 0);
  const bytes = Buffer.concat(group.paths.map((path) => readShard(path, folder, file)));
  const first = resolve(folder, group.paths[0] ?? '');
  if (bytes.length !== expected)
    throw new ModelError(
      `${first}: ${bytes.length} bytes of weights, ${file} promises ${expected}`,
      'the file is cut short or another one; fetch it again',
    );
  if (group.sha256 !== undefined) requireChecksum(bytes, group.sha256, first, file);
  let start = 0;
  return group.weights.map((entry) => {
    const end = start + bytesOf(entry, file);
    const own = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + end);
    start = end;
    const values = entry.quantization ? fromFloat16(new Uint16Array(own)) : new Float32Array(own);
    return [entry.name, { shape: entry.shape, values }];
  });
}

/** A shard lies in the manifest's own folder; a link that leads out of it does not count. */
function readShard(path: string, folder: string, file: string): Buffer {
  const shard = resolve(folder, path);
  const outside = (place: string, root: string) => !place.startsWith(root + sep);
  const missing = !outside(shard, folder) && !existsSync(shard);
  if (missing) throw new ModelError(`${shard}: is missing`, `${file} names it; fetch it again`);
  if (outside(shard, folder) || outside(realpathSync(shard), realpathSync(folder)))
    throw new ModelError(`${file}: names the shard ${path} outside its own folder`, 'use a manifest you trust');
  try {
    return readFileSync(shard);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ModelError(`${shard}: cannot be read (${code})`, `${file} names it; fetch it again`, { cause });
  }
}

function bytesOf({ name, shape, dtype, quantization }: WeightsEntry, file: string): number {
  const stored = quantization?.dtype ?? dtype;
  const bytes = dtype === 'float32' && { float32: 4, float16: 2 }[stored];
  if (!bytes)
    throw new ModelError(
      `${file}: "${name}" is ${stored}, expected float32 or float16`,
      'convert the model again without quantization',
    );
  return bytes * shape.reduce((product, side) => product * side, 1);
}

function requireChecksum(bytes: Buffer, expected: string, shard: string, file: string): void {
  const found = sha256(bytes);
  if (found === expected) return;
  throw new ModelError(
    `${shard}: SHA-256 ${found}, ${file} promises ${expected}`,
    'the file was altered since it was written; take another checkpoint, or train again',
  );
}
