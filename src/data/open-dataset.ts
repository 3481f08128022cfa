import { join } from 'node:path';
import { shortHash } from '../configuration/canonical-json';
import { DataError } from '../errors';
import type { Experiment } from '../experiment/schema';
import { CACHE_FOLDER, contentHashes } from '../files/content-hash';
import { LABELS } from '../labels';
import type { SplitName } from '../splits';
import { GENERATOR_VERSION } from '../streets/street-folder';
import { syntheticScenes, writeSyntheticCityscapes } from '../streets/write-streets';
import { type Dataset, maskMeaning, scenesOf } from './dataset';
import { ObjectCrops } from './object-crops';
import { PREPARATION_VERSION } from './prepare-scene';
import { PreparedScenes, type SampleSource } from './sample-source';
import { openCamVid } from './sources/camvid';
import { CITYSCAPES_MASK_VALUES, openCityscapes } from './sources/cityscapes';

export interface OpenDatasetOptions {
  /** Told how many of the synthetic scenes are there while they are drawn. */
  onProgress?: (done: number, total: number) => void;
}

type OpenSource = (settings: Experiment['data'], options: OpenDatasetOptions) => Dataset | Promise<Dataset>;

/** How each `data.source` is opened. A name that is added to the schema wants its entry here, or nothing compiles. */
const SOURCES: Record<Experiment['data']['source'], OpenSource> = {
  cityscapes: ({ root }) =>
    openCityscapes(
      root ??
        process.env.CITYSCAPES_DATASET ??
        missingRoot('cityscapes', 'the Cityscapes folder, or CITYSCAPES_DATASET'),
    ),
  camvid: ({ root }) => openCamVid(root ?? missingRoot('camvid', 'the CamVid folder')),
  synthetic: openSynthetic,
};

/**
 * Opens the data set of an experiment; synthetic scenes are drawn first where they are missing.
 *
 * @throws DataError when there is no root or its layout is not the expected one
 */
export async function openDataset(settings: Experiment['data'], options: OpenDatasetOptions = {}): Promise<Dataset> {
  return SOURCES[settings.source](settings, options);
}

async function openSynthetic({ root, synthetic }: Experiment['data'], options: OpenDatasetOptions): Promise<Dataset> {
  const folder = root ?? join(CACHE_FOLDER, 'synthetic', shortHash({ ...synthetic, generator: GENERATOR_VERSION }, 16));
  await writeSyntheticCityscapes(folder, synthetic, options);
  return {
    title: 'Synthetic streets',
    root: folder,
    splits: syntheticScenes(folder, synthetic.scenes),
    labels: LABELS,
    labelIdOfMaskValue: CITYSCAPES_MASK_VALUES,
  };
}

/** @returns the prepared scenes of a split: the first `data.limit` of them, cropped and resized to `size`. */
export function sceneSource(
  dataset: Dataset,
  settings: Experiment['data'],
  split: SplitName,
  size = settings.size,
): SampleSource {
  const scenes = scenesOf(dataset, split, settings.limit[split]);
  return new PreparedScenes(dataset, scenes, size, CACHE_FOLDER);
}

/** Object-centred crops of a split's scenes, for the classification task. The seed is that of the whole experiment. */
export function cropSource(
  dataset: Dataset,
  settings: Experiment['data'],
  split: 'train' | 'validation',
  seed: number,
): SampleSource {
  const sceneSize = Math.min(settings.synthetic.height, settings.synthetic.width);
  const scenes = sceneSource(dataset, settings, split, sceneSize);
  return new ObjectCrops({ scenes, sceneSize, count: settings.crops[split], size: settings.size, seed });
}

/** What a model is judged on, in words: data set, split, number of scenes, crop and resolution. */
export function describeSetting(
  dataset: Dataset,
  settings: Experiment['data'],
  { split, resolution, window }: Pick<Experiment['evaluation'], 'split' | 'resolution' | 'window'>,
): string {
  const { length } = scenesOf(dataset, split, settings.limit[split]);
  const { size } = settings;
  const scenes = `${dataset.title}, ${split} split, ${length} scenes`;
  if (resolution === 'training') return `${scenes}, centre square resized to ${size}x${size}`;
  const side = window.side === null ? 'the shorter side' : `${window.side} pixels`;
  return `${scenes}, whole and in their own size, seen at ${size}x${size} through windows of ${side} (overlap ${window.overlap})`;
}

/**
 * Tells what is read of a data set from any other data: a hash of the names and contents of the scenes used, of what their
 * masks' values mean and of how scenes are prepared. Scenes of other splits, or beyond `data.limit`, do not count.
 *
 * @param splits those that are read: `['train', 'validation']` for a training, `[evaluation.split]` for an evaluation
 * @returns 16 hexadecimal digits
 * @throws DataError when a split holds no scene, RunError when a file cannot be read
 */
export async function dataFingerprint(
  dataset: Dataset,
  { limit }: Pick<Experiment['data'], 'limit'>,
  splits: readonly SplitName[],
): Promise<string> {
  const scenes = splits.map((split) => scenesOf(dataset, split, limit[split]));
  const hashes = await contentHashes(scenes.flat().flatMap(({ image, mask }) => [image, mask]));
  const names = scenes.map((used, index) => [splits[index], used.map(({ name }) => name)]);
  return shortHash({ names, hashes, maskValues: maskMeaning(dataset), preparation: PREPARATION_VERSION }, 16);
}

function missingRoot(source: string, what: string): never {
  throw new DataError(`data.root is not set, and ${source} is not part of the project`, `--set data.root= ${what}`);
}
