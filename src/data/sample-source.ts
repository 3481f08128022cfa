import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { shortHash } from '../configuration/canonical-json';
import { contentHashes } from '../files/content-hash';
import { madeOnce } from '../files/made-once';
import { writeFile } from '../files/write-file';
import { type Dataset, maskMeaning, type Scene } from './dataset';
import { preparedInstanceIds } from './instances';
import { PREPARATION_VERSION, prepareScene, type Sample } from './prepare-scene';

/** Samples by index, wherever they come from. */
export interface SampleSource {
  readonly length: number;
  read(index: number): Promise<Sample>;
  /** Cityscapes' instance ids of a sample, [size, size]; where there are none, none. */
  instanceIds?(index: number): Promise<Uint16Array | undefined>;
}

/** @returns the samples at those indices alone, in that order. */
export function pickSamples(source: SampleSource, indices: readonly number[]): SampleSource {
  return { length: indices.length, read: (index) => source.read(indices[index]) };
}

/**
 * Prepared scenes, kept on disk in a cache that any number of processes share. A cached sample is named by all that made it
 * (both files' contents, the size, the mask's meaning, the version of the preparation), so that it is never stale; it is
 * written aside and renamed, and has a checksum, so that one that is cut short or altered is made again.
 */
export class PreparedScenes implements SampleSource {
  /** @param cacheFolder holds the samples in `prepared/` beside the hashes of the files they come from */
  constructor(
    private readonly dataset: Dataset,
    private readonly scenes: readonly Scene[],
    private readonly size: number,
    private readonly cacheFolder: string,
  ) {}

  get length(): number {
    return this.scenes.length;
  }

  /** @throws DataError as {@link prepareScene} does, RunError when a file cannot be read or the cache not be written */
  async read(index: number): Promise<Sample> {
    const scene = this.scenes[index];
    const file = await this.cacheFile(scene);
    return madeOnce(
      file,
      () => this.cached(scene, file),
      async () => {
        const sample = await prepareScene(scene, this.size, this.dataset.labelIdOfMaskValue);
        const content = Buffer.concat([sample.image, sample.labelIds]);
        // A scene that was edited meanwhile must not be kept under the name of what it was.
        if ((await this.cacheFile(scene)) !== file) return sample;
        writeFile(file, Buffer.concat([content, checksum(content)]), { flush: false });
        return sample;
      },
    );
  }

  /** @throws DataError when they cannot be read */
  async instanceIds(index: number): Promise<Uint16Array | undefined> {
    const { instances } = this.scenes[index];
    return instances === undefined ? undefined : preparedInstanceIds(instances, this.size);
  }

  private async cached({ name }: Scene, file: string): Promise<Sample | undefined> {
    const imageBytes = this.size * this.size * 3;
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (bytes.length !== imageBytes + this.size * this.size + CHECKSUM_BYTES) return undefined;
    const content = bytes.subarray(0, -CHECKSUM_BYTES);
    if (!checksum(content).equals(bytes.subarray(-CHECKSUM_BYTES))) return undefined;
    return { name, image: content.subarray(0, imageBytes), width: this.size, labelIds: content.subarray(imageBytes) };
  }

  private async cacheFile({ image, mask }: Scene): Promise<string> {
    const contents = await contentHashes([image, mask], { cacheFolder: this.cacheFolder });
    const key = shortHash([PREPARATION_VERSION, this.size, maskMeaning(this.dataset), contents], 32);
    return join(this.cacheFolder, 'prepared', key.slice(0, 2), `${key.slice(2)}.sample`);
  }
}

const CHECKSUM_BYTES = 4;

/** CRC-32, as in PNG: against accidents, and quick. */
function checksum(content: Buffer): Buffer {
  const bytes = Buffer.alloc(CHECKSUM_BYTES);
  bytes.writeUInt32LE(crc32(content));
  return bytes;
}
