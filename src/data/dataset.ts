import { existsSync, readdirSync, statSync } from 'node:fs';
import { DataError } from '../errors';
import type { Rgb } from '../labels';
import type { SplitName } from '../splits';
import type { MaskMeaning } from './mask';

/** One labelled picture on disk. */
export interface Scene {
  /** Unique within its split, such as `aachen_000000_000019`. */
  name: string;
  image: string;
  mask: string;
  /** Tells things of one label apart, as Cityscapes' `*_instanceIds.png`; where the data set has it. */
  instances?: string;
}

/** What a label id of a data set stands for. */
export interface DatasetLabel {
  readonly id: number;
  readonly name: string;
  readonly color: Rgb;
}

/** A data set on disk: which pictures, which masks, and what a mask's values mean. */
export interface Dataset extends MaskMeaning {
  /** Such as `Cityscapes`. */
  title: string;
  root: string;
  splits: Readonly<Record<SplitName, readonly Scene[]>>;
  /** What to do about a split without scenes, where it is not to put files in place. */
  remedy?: (split: SplitName) => string;
  /** The table of its labels, which masks are translated to and classes are made of. */
  labels: readonly DatasetLabel[];
}

/** @returns the names in a folder, sorted. @throws DataError when it is not there. */
export function listFolder(folder: string, remedy: string): string[] {
  if (!existsSync(folder)) throw new DataError(`${folder}: no such folder`, remedy);
  if (!statSync(folder).isDirectory()) throw new DataError(`${folder}: is a file, expected a folder`, remedy);
  return readdirSync(folder).sort();
}

/** Told of a file without its partner, which is then left out, and how the layout should be. */
export type UnpairedListener = (file: string, missing: 'mask' | 'image', expected: string) => void;

/**
 * Pairs images with masks by name.
 *
 * @param images path by scene name
 * @param masks path by scene name
 * @param expected says how the layout should be
 * @param onUnpaired without it, a file without its partner is an error
 * @throws DataError that names the first file without its partner
 */
export function pairScenes(
  images: ReadonlyMap<string, string>,
  masks: ReadonlyMap<string, string>,
  expected: string,
  onUnpaired: UnpairedListener = (file, missing) => {
    const other = missing === 'mask' ? 'image' : 'mask';
    throw new DataError(`${file}: its ${missing} is missing`, `${expected}, or remove the ${other}`);
  },
): Scene[] {
  for (const [name, path] of images) if (!masks.has(name)) onUnpaired(path, 'mask', expected);
  for (const [name, path] of masks) if (!images.has(name)) onUnpaired(path, 'image', expected);
  return [...images].flatMap(([name, image]) => (masks.has(name) ? [{ name, image, mask: masks.get(name)! }] : []));
}

/** Which scenes of a split are used: the first so many, or one in so many from the first on. */
export type SceneLimit = number | { every: number };

export function limited<Item>(items: readonly Item[], limit?: SceneLimit): readonly Item[] {
  if (limit === undefined) return items;
  return typeof limit === 'number' ? items.slice(0, limit) : items.filter((_, index) => index % limit.every === 0);
}

/**
 * @returns the scenes of a split, those within `limit` if given
 * @throws DataError when there is none
 */
export function scenesOf(dataset: Dataset, split: SplitName, limit?: SceneLimit): readonly Scene[] {
  const scenes = dataset.splits[split];
  if (scenes.length === 0)
    throw new DataError(
      `${dataset.root === '' ? '' : `${dataset.root}: `}${dataset.title} has no labelled scene in its ${split} split`,
      dataset.remedy?.(split) ?? 'put the split in place, or choose another one (evaluation.split)',
    );
  return limited(scenes, limit);
}

/**
 * What the values of a data set's masks mean, as something to hash: pairs of value and label id in the order of the values, and how
 * they are stored where that is not the usual way.
 */
export function maskMeaning({ labelIdOfMaskValue, maskForm = 'grey' }: MaskMeaning): unknown {
  const pairs = [...labelIdOfMaskValue].sort(([a], [b]) => a - b);
  return maskForm === 'grey' ? pairs : { [maskForm]: pairs };
}
