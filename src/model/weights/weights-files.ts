import { closeSync, openSync, readSync } from 'node:fs';
import { contentHash, contentHashes } from '../../files/content-hash';
import { locateWeights } from './checkpoint-folders';
import { IMAGENET_SOURCES, type ImagenetWeightsOptions, imagenetWeightsFile, isImagenet } from './imagenet-weights';
import { sha256 } from './sealed-json';
import { shardsOf } from './tensorflow-js';

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
export async function weightsHash(nameOrPath: string): Promise<string> {
  const file = await weightsFile(nameOrPath);
  if (!isTensorFlowJs(file)) return contentHash(file);
  const hashes = await contentHashes([file, ...shardsOf(file)]);
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
