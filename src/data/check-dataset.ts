import { DataError } from '../errors';
import type { SplitName } from '../splits';
import { requireFittingClasses } from './classes';
import type { DataOptions } from './data-options';
import { type Dataset, scenesOf } from './dataset';
import { openDataset } from './open-dataset';
import { SOURCES } from './sources';

/** What is going to be read of a data set. */
export interface DataNeeds {
  splits: readonly SplitName[];
  /** Scenes that are asked for by name, and the split they are to be in. */
  named?: { split: SplitName; scenes: readonly string[] };
}

/**
 * Looks whether a data set is there and holds what is needed of it. Pictures are not opened and nothing is written; of
 * generated streets it looks whether they can be drawn where they are to lie.
 *
 * @throws DataError when there is no root, its layout is not the expected one, or a split or scene is missing
 */
export async function checkDataset(options: DataOptions, { splits, named }: DataNeeds): Promise<void> {
  const dataset = await previewDataset(options);
  for (const split of splits) scenesOf(dataset, split);
  if (named === undefined) return;
  const used = scenesOf(dataset, named.split, options.limit[named.split]).map(({ name }) => name);
  const missing = named.scenes.find((name) => !used.includes(name));
  if (missing !== undefined)
    throw new DataError(
      `evaluation.panels names "${missing}", which is not among the ${used.length} scenes used of the ${named.split} split (the first is ${used[0]})`,
      'name scenes as their files are called, or give a number of panels',
    );
}

/** The data set as it is, or as it will be once it is made. */
async function previewDataset(options: DataOptions): Promise<Dataset> {
  const source = SOURCES[options.source];
  if (!('preview' in source)) return openDataset(options);
  const dataset = source.preview(options);
  requireFittingClasses(dataset, options.source, options.classes);
  return dataset;
}
