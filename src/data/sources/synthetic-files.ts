import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { madeOnce } from '../../files/made-once';
import { writeFile } from '../../files/write-file';
import { perSplit, SPLIT_NAMES, type SplitName } from '../../splits';
import { renderScene, type SceneOptions } from '../../streets/render';
import { sceneName } from '../../streets/scene';
import type { Scene } from '../dataset';
import { type Drawing, MANIFEST, manifestOf, requireStreetFolder } from './synthetic-folder';

/** Folder names of the splits, as in Cityscapes. */
const FOLDERS: Readonly<Record<SplitName, string>> = { train: 'train', validation: 'val', test: 'test' };

/** Scenes rendered at once: librsvg and zlib work in libuv's threads while the next scene is laid out. */
const CONCURRENCY = 3;

export interface StreetSet extends Drawing {
  /** Scenes in each split. */
  readonly scenes: Readonly<Record<SplitName, number>>;
}

/** A scene of a set, with what it is drawn from. */
interface Job extends Scene {
  readonly split: SplitName;
  readonly index: number;
  readonly town: string;
  readonly instances: string;
}

/**
 * Writes a set of street scenes in the layout of Cityscapes: `leftImg8bit/<split>/<town>/<scene>_leftImg8bit.png`,
 * `gtFine/<split>/<town>/<scene>_gtFine_labelIds.png` and `…_gtFine_instanceIds.png` (16 bit). Scenes that are there are kept, so that an interrupted or smaller
 * set is completed. Each file appears whole or not at all; processes that want the same set draw each scene once.
 *
 * @param onProgress called after each scene with the number of scenes in place and in all.
 * @throws DataError when the folder was made with another seed, size or generator, or holds anything else.
 */
export async function writeSyntheticCityscapes(
  folder: string,
  options: StreetSet,
  { onProgress }: { onProgress?: (done: number, total: number) => void } = {},
): Promise<void> {
  await claimFolder(folder, options);
  const jobs = SPLIT_NAMES.flatMap((split) => jobsOf(folder, split, options.scenes[split]));
  const missing = jobs.filter((job) => !isThere(job));
  let done = jobs.length - missing.length;
  let next = 0;
  const work = async () => {
    while (next < missing.length) {
      const job = missing[next++];
      const found = () => (isThere(job) ? job : undefined);
      await madeOnce(job.image, found, () => writeScene(job, options));
      onProgress?.(++done, jobs.length);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

/**
 * The scenes that are asked for and no others, though the folder may hold more: of a larger set, or of a person.
 *
 * @returns of each split, in the order in which `openCityscapes` would find them
 */
export function syntheticScenes(
  folder: string,
  scenes: StreetSet['scenes'],
): Readonly<Record<SplitName, readonly Scene[]>> {
  return perSplit((split) =>
    jobsOf(folder, split, scenes[split])
      .sort((a, b) => compare(a.town, b.town) || compare(a.name, b.name))
      .map(({ name, image, mask, instances }) => ({ name, image, mask, instances })),
  );
}

function jobsOf(folder: string, split: SplitName, count: number): Job[] {
  return Array.from({ length: count }, (_, index) => {
    const { town, name } = sceneName(split, index);
    const image = join(folder, 'leftImg8bit', FOLDERS[split], town, `${name}_leftImg8bit.png`);
    const mask = join(folder, 'gtFine', FOLDERS[split], town, `${name}_gtFine_labelIds.png`);
    const instances = join(folder, 'gtFine', FOLDERS[split], town, `${name}_gtFine_instanceIds.png`);
    return { split, index, town, name, image, mask, instances };
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function isThere({ image, mask, instances }: Job): boolean {
  return [image, mask, instances].every((file) => existsSync(file));
}

async function writeScene(job: Job, { seed, width, height }: StreetSet): Promise<Job> {
  const { split, index } = job;
  const pngs = await drawnScene({ seed, split, index, width, height });
  // What is there stays: a set made without instances keeps its pictures, and what was prepared from them.
  for (const file of ['instances', 'mask', 'image'] as const)
    if (!existsSync(job[file])) writeFile(job[file], pngs[file]);
  return job;
}

/** A scene's files, PNGs. */
export async function drawnScene(options: SceneOptions): Promise<Record<'image' | 'mask' | 'instances', Buffer>> {
  const { width, height } = options;
  const scene = await renderScene(options);
  // Grain hardly compresses; more effort would cost time and save nothing.
  const [image, mask, instances] = await Promise.all([
    sharp(scene.image, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 3 })
      .toBuffer(),
    sharp(scene.labelIds, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer(),
    sharp(scene.instanceIds, { raw: { width, height, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer(),
  ]);
  return { image, mask, instances };
}

/**
 * Marks the folder as made by these options. Numbers of scenes are left out: a scene does not depend on them. Of processes
 * that come with other options at the same time, one marks it and the others are refused.
 */
async function claimFolder(folder: string, options: StreetSet): Promise<void> {
  requireStreetFolder(folder, options);
  const file = join(folder, MANIFEST);
  await madeOnce(
    file,
    () => existsSync(file) || undefined,
    async () => {
      writeFile(file, `${JSON.stringify(manifestOf(options), null, 2)}\n`);
      return true;
    },
  );
  requireStreetFolder(folder, options);
}
