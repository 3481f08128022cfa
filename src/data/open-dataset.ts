import { shortHash } from '../configuration/canonical-json';
import { CACHE_FOLDER, contentHashes } from '../files/content-hash';
import type { SplitName } from '../splits';
import { requireFittingClasses } from './classes';
import type { DataOptions } from './data-options';
import { type Dataset, maskMeaning, scenesOf } from './dataset';
import { ObjectCrops } from './object-crops';
import { type Frame, PREPARATION_VERSION } from './prepare-scene';
import { PreparedScenes, type SampleSource } from './sample-source';
import { SOURCES } from './sources';
import type { OpenEvents } from './sources/source';

/** Where a data set lies and what makes it; options of the sources have their defaults. */
export type DatasetOptions = Pick<DataOptions, 'source'> & Partial<DataOptions>;

/**
 * Opens a data set, such as `openDataset({ source: 'camvid', root })`; synthetic scenes are drawn first where they are missing.
 *
 * @throws DataError when there is no root or its layout is not the expected one, or classes do not fit its labels
 */
export async function openDataset(options: DatasetOptions, events: OpenEvents = {}): Promise<Dataset> {
  const dataset = await SOURCES[options.source].open({ root: null, ...options }, events);
  requireFittingClasses(dataset, options.source, options.classes);
  return dataset;
}

/**
 * @param size side of the square, or what else is prepared of each scene
 * @returns the prepared scenes of a split: the first `limit` of them, cropped and resized to `size`
 */
export function sceneSource(
  dataset: Dataset,
  { size, limit = {} }: { size: Frame; limit?: DataOptions['limit'] },
  split: SplitName,
): SampleSource {
  return new PreparedScenes(dataset, scenesOf(dataset, split, limit[split]), size, CACHE_FOLDER);
}

/** Object-centred crops of a split's scenes, for the classification task. The seed is that of the whole experiment. */
export function cropSource(
  dataset: Dataset,
  { size, limit, synthetic, crops }: Pick<DataOptions, 'size' | 'limit' | 'synthetic' | 'crops'>,
  split: 'train' | 'validation',
  seed: number,
): SampleSource {
  // The generator's size, whatever the source.
  const sceneSize = Math.min(synthetic.height, synthetic.width);
  const scenes = sceneSource(dataset, { size: sceneSize, limit }, split);
  return new ObjectCrops({ scenes, sceneSize, count: crops[split], size, seed });
}

/**
 * Tells what is read of a data set from any other data: a hash of the names and contents of the scenes used, of what their
 * masks' values mean and of how scenes are prepared. Scenes of other splits, or beyond `limit`, do not count.
 *
 * @param splits those that are read: `['train', 'validation']` for a training, `[evaluation.split]` for an evaluation
 * @returns 16 hexadecimal digits
 * @throws DataError when a split holds no scene, RunError when a file cannot be read
 */
export async function dataFingerprint(
  dataset: Dataset,
  { limit }: Pick<DataOptions, 'limit'>,
  splits: readonly SplitName[],
): Promise<string> {
  const scenes = splits.map((split) => scenesOf(dataset, split, limit[split]));
  const hashes = await contentHashes(scenes.flat().flatMap(({ image, mask }) => [image, mask]));
  const names = scenes.map((used, index) => [splits[index], used.map(({ name }) => name)]);
  return shortHash({ names, hashes, maskValues: maskMeaning(dataset), preparation: PREPARATION_VERSION }, 16);
}

/**
 * Of a split's files that tell things apart, which a training does not read.
 *
 * @returns 16 hexadecimal digits; undefined for scenes without such files
 * @throws DataError when the split holds no scene, RunError when a file cannot be read
 */
export async function instancesFingerprint(
  dataset: Dataset,
  { limit }: Pick<DataOptions, 'limit'>,
  split: SplitName,
): Promise<string | undefined> {
  const counted = scenesOf(dataset, split, limit[split]).filter(({ instances }) => instances !== undefined);
  if (counted.length === 0) return undefined;
  const hashes = await contentHashes(counted.map(({ instances }) => instances!));
  return shortHash({ names: counted.map(({ name }) => name), hashes }, 16);
}
