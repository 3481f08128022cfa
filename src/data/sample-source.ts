import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { shortHash } from '../configuration/canonical-json';
import { contentHashes } from '../files/content-hash';
import { madeOnce } from '../files/made-once';
import { writeFile } from '../files/write-file';
import { type Dataset, maskMeaning, type Scene } from './dataset';
import { preparedInstanceIds } from './instances';
import { type Frame, PREPARATION_VERSION, prepareScene, type Sample } from './prepare-scene';

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
 * (both files' contents, the frame, the mask's meaning, the version of the preparation), so that it is never stale; it is
 * written aside and renamed, and has a checksum, so that one that is cut short or altered is made again.
 */
export class PreparedScenes implements SampleSource {
  /** @param cacheFolder holds the samples in `prepared/` beside the hashes of the files they come from */
  constructor(
    private readonly dataset: Dataset,
    private readonly scenes: readonly Scene[],
    private readonly frame: Frame,
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
        const sample = await prepareScene(scene, this.frame, this.dataset);
        // A scene that was edited meanwhile must not be kept under the name of what it was.
        if ((await this.cacheFile(scene)) !== file) return sample;
        writeFile(file, packed(sample, this.frame), { flush: false });
        return sample;
      },
    );
  }

  /** @throws DataError when they cannot be read */
  async instanceIds(index: number): Promise<Uint16Array | undefined> {
    const { instances } = this.scenes[index];
    const size = this.frame;
    return instances === undefined || typeof size !== 'number' ? undefined : preparedInstanceIds(instances, size);
  }

  private async cached({ name }: Scene, file: string): Promise<Sample | undefined> {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    const sample = unpacked(bytes, this.frame);
    return sample && { name, ...sample };
  }

  private async cacheFile({ image, mask }: Scene): Promise<string> {
    const contents = await contentHashes([image, mask], { cacheFolder: this.cacheFolder });
    const key = shortHash([PREPARATION_VERSION, this.frame, maskMeaning(this.dataset), contents], 32);
    return join(this.cacheFolder, 'prepared', key.slice(0, 2), `${key.slice(2)}.sample`);
  }
}

const NUMBER_BYTES = 4;

/** Image and label ids, of a whole scene its width too, and a checksum. */
function packed({ image, labelIds, width }: Sample, frame: Frame): Buffer {
  const content = Buffer.concat([image, labelIds, ...(typeof frame === 'number' ? [] : [number32(width)])]);
  return Buffer.concat([content, checksum(content)]);
}

/** @returns undefined for bytes that are not what was packed */
function unpacked(bytes: Buffer, frame: Frame): Omit<Sample, 'name'> | undefined {
  const content = bytes.subarray(0, -NUMBER_BYTES);
  if (content.length === 0 || !checksum(content).equals(bytes.subarray(-NUMBER_BYTES))) return undefined;
  const whole = typeof frame !== 'number';
  const values = whole ? content.subarray(0, -NUMBER_BYTES) : content;
  const width = whole ? content.readUInt32LE(values.length) : frame;
  const imageBytes = (values.length / 4) * 3;
  // Arrays as a scene that is prepared has them: `slice` of a Buffer is no copy.
  const array = (part: Buffer) => new Uint8Array(part.buffer, part.byteOffset, part.length);
  return { image: array(values.subarray(0, imageBytes)), width, labelIds: array(values.subarray(imageBytes)) };
}

/** CRC-32, as in PNG: against accidents, and quick. */
function checksum(content: Buffer): Buffer {
  return number32(crc32(content));
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(NUMBER_BYTES);
  bytes.writeUInt32LE(value);
  return bytes;
}
