import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Dataset, Scene } from './dataset';
import { PREPARATION_VERSION, prepareScene, type Sample } from './prepare-scene';

/** Samples by index, wherever they come from. */
export interface SampleSource {
  readonly length: number;
  read(index: number): Promise<Sample>;
}

/** @returns the samples at those indices alone, in that order. */
export function pickSamples(source: SampleSource, indices: readonly number[]): SampleSource {
  return { length: indices.length, read: (index) => source.read(indices[index]) };
}

/**
 * Prepared scenes, kept on disk in a cache. A cached sample is named by all that made it (both files with their sizes and
 * times, the size, the mask's meaning, the version of the preparation), so that it is never stale; it is written aside
 * and renamed, so that it is never half there.
 */
export class PreparedScenes implements SampleSource {
  constructor(
    private readonly dataset: Dataset,
    private readonly scenes: readonly Scene[],
    private readonly size: number,
    private readonly cacheFolder: string,
  ) {}

  get length(): number {
    return this.scenes.length;
  }

  /** @throws DataError as {@link prepareScene} does */
  async read(index: number): Promise<Sample> {
    const scene = this.scenes[index];
    const file = await this.cacheFile(scene);
    const imageBytes = this.size * this.size * 3;
    const cached = await readFile(file).catch(() => null);
    if (cached?.length === imageBytes + this.size * this.size)
      return { name: scene.name, image: cached.subarray(0, imageBytes), labelIds: cached.subarray(imageBytes) };
    const sample = await prepareScene(scene, this.size, this.dataset.labelIdOfMaskValue);
    await writeAside(file, Buffer.concat([sample.image, sample.labelIds]));
    return sample;
  }

  private async cacheFile(scene: Scene): Promise<string> {
    const files = await Promise.all([scene.image, scene.mask].map((file) => fileIdentity(file)));
    const made = [PREPARATION_VERSION, this.size, [...this.dataset.labelIdOfMaskValue], files];
    const key = createHash('sha256').update(JSON.stringify(made)).digest('hex');
    return join(this.cacheFolder, key.slice(0, 2), `${key.slice(2, 34)}.sample`);
  }
}

async function fileIdentity(file: string): Promise<[string, number, number]> {
  // A file that is gone is reported by the reader, with its own words.
  const { size, mtimeMs } = await stat(file).catch(() => ({ size: 0, mtimeMs: 0 }));
  return [file, size, mtimeMs];
}

async function writeAside(file: string, content: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const aside = `${file}.${randomUUID()}`;
  await writeFile(aside, content);
  await rename(aside, file);
}
