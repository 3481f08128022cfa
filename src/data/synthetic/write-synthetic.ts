import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { DataError } from '../../errors';
import type { SplitName } from '../../experiment/schema';
import { writeFile } from '../../experiment/write-file';
import { madeOnce } from '../made-once';
import { renderScene } from './render';
import { sceneName } from './scene';

/** Raised whenever the same options give other pictures. */
export const GENERATOR_VERSION = 1;

/** Names what the folder was made with; written first, so that a set that was broken off can be completed. */
const MANIFEST = 'synthetic.json';

/** Folder names of the splits, as in Cityscapes. */
const FOLDERS: Readonly<Record<SplitName, string>> = { train: 'train', validation: 'val', test: 'test' };

/** Scenes rendered at once: librsvg and zlib work in libuv's threads while the next scene is laid out. */
const CONCURRENCY = 3;

export interface SyntheticOptions {
  readonly seed: number;
  /** Pixels of a picture. */
  readonly width: number;
  readonly height: number;
  /** Scenes in each split. */
  readonly scenes: Readonly<Record<SplitName, number>>;
}

interface Job {
  readonly split: SplitName;
  readonly index: number;
  readonly image: string;
  readonly mask: string;
}

/**
 * Writes a set of street scenes in the layout of Cityscapes: `leftImg8bit/<split>/<town>/<scene>_leftImg8bit.png` and
 * `gtFine/<split>/<town>/<scene>_gtFine_labelIds.png`. Scenes that are there are kept, so that an interrupted or smaller
 * set is completed. Each file appears whole or not at all; processes that want the same set draw each scene once.
 *
 * @param onProgress called after each scene with the number of scenes in place and in all.
 * @throws DataError when the folder was made with another seed, size or generator.
 */
export async function writeSyntheticCityscapes(
  folder: string,
  options: SyntheticOptions,
  { onProgress }: { onProgress?: (done: number, total: number) => void } = {},
): Promise<void> {
  await claimFolder(folder, options);
  const jobs = (Object.keys(FOLDERS) as SplitName[]).flatMap((split) =>
    Array.from({ length: options.scenes[split] }, (_, index) => jobFor(folder, split, index)),
  );
  const missing = jobs.filter((job) => !isThere(job));
  let done = jobs.length - missing.length;
  let next = 0;
  const work = async () => {
    while (next < missing.length) {
      const job = missing[next++];
      await madeOnce(
        job.image,
        () => isThere(job) || undefined,
        async () => {
          await writeScene(job, options);
          return true;
        },
      );
      onProgress?.(++done, jobs.length);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

function jobFor(folder: string, split: SplitName, index: number): Job {
  const { town, name } = sceneName(split, index);
  return {
    split,
    index,
    image: join(folder, 'leftImg8bit', FOLDERS[split], town, `${name}_leftImg8bit.png`),
    mask: join(folder, 'gtFine', FOLDERS[split], town, `${name}_gtFine_labelIds.png`),
  };
}

function isThere({ image, mask }: Job): boolean {
  return existsSync(image) && existsSync(mask);
}

async function writeScene(
  { split, index, image, mask }: Job,
  { seed, width, height }: SyntheticOptions,
): Promise<void> {
  const scene = await renderScene({ seed, split, index, width, height });
  // Grain hardly compresses; more effort would cost time and save nothing.
  const [imagePng, maskPng] = await Promise.all([
    sharp(scene.image, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 3 })
      .toBuffer(),
    sharp(scene.labelIds, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer(),
  ]);
  writeFile(mask, maskPng);
  writeFile(image, imagePng);
}

/** Marks the folder as made by these options. Numbers of scenes are left out: a scene does not depend on them. */
async function claimFolder(folder: string, { seed, width, height }: SyntheticOptions): Promise<void> {
  const file = join(folder, MANIFEST);
  const manifest = { generator: GENERATOR_VERSION, seed, width, height };
  const expected = JSON.stringify(manifest);
  // Looked at before the manifest, which another process may write at this moment, scenes after it.
  const holdsScenes = existsSync(join(folder, 'leftImg8bit')) || existsSync(join(folder, 'gtFine'));
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  if (found === null) {
    if (holdsScenes) {
      throw new DataError(
        `${folder} holds a data set without ${MANIFEST}, so it was not made by the scene generator`,
        'choose another folder for the synthetic scenes',
      );
    }
    writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
  } else if (compact(found) !== expected) {
    throw new DataError(
      `${file}: the scenes were made with other options; expected ${expected}, found ${compact(found) ?? 'no JSON'}`,
      `delete ${folder} to have the scenes made anew, or choose another folder`,
    );
  }
}

function compact(json: string): string | null {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return null;
  }
}
