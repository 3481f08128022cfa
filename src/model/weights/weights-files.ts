import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ModelError } from '../../errors';
import { contentHash, contentHashes } from '../../files/content-hash';
import { locateWeights } from './checkpoint-folders';
import { IMAGENET_SOURCES, type ImagenetWeightsOptions, imagenetWeightsFile, isImagenet } from './imagenet-weights';
import { sha256 } from './sealed-json';

/**
 * @param nameOrPath such as `vgg19-imagenet`, a file, or a folder as {@link locateWeights} takes it
 * @returns the file to read; that of ImageNet is fetched the first time
 * @throws ModelError when there is none
 */
export async function weightsFile(nameOrPath: string, options: ImagenetWeightsOptions = {}): Promise<string> {
  if (!isImagenet(nameOrPath)) return locateWeights(nameOrPath);
  return imagenetWeightsFile({ source: IMAGENET_SOURCES[nameOrPath], ...options });
}

/**
 * The SHA-256 of weights, in hexadecimal: of the file; of a TensorFlow.js model, which is several, of their SHA-256 one
 * below the other, the manifest's first.
 *
 * @throws ModelError or RunError when a file is missing or cannot be read
 */
export async function weightsHash(nameOrPath: string, options: ImagenetWeightsOptions = {}): Promise<string> {
  const file = await weightsFile(nameOrPath, options);
  if (!isTensorFlowJs(file)) return contentHash(file);
  const shards = manifestOf(file).map((name) => resolve(dirname(file), name));
  const hashes = await contentHashes([file, ...shards]);
  return sha256(Buffer.from(`${hashes.join('\n')}\n`));
}

/** Whether a file is a TensorFlow.js model or weights manifest, which is JSON, by its content. */
export function isTensorFlowJs(file: string): boolean {
  return /^\s*[[{]/.test(firstBytes(file, 16).toString('latin1'));
}

/** @returns at most `count` bytes. */
export function firstBytes(path: string, count: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(file, bytes, 0, count, 0));
  } finally {
    closeSync(file);
  }
}

/** Names of the shards that a manifest lists; whoever reads the weights checks it more closely. */
function manifestOf(file: string): string[] {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as { weightsManifest?: unknown };
    const groups = (Array.isArray(content) ? content : content.weightsManifest) as { paths: string[] }[];
    return groups.flatMap(({ paths }) => paths);
  } catch (cause) {
    throw new ModelError(
      `${file}: holds no weights manifest`,
      'give a TensorFlow.js layers model or weights_manifest.json',
      { cause },
    );
  }
}
