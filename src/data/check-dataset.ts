import { DataError } from '../errors';
import type { Experiment } from '../experiment/schema';
import type { SplitName } from '../splits';
import { requireStreetFolder } from '../streets/street-folder';
import { syntheticScenes } from '../streets/write-streets';
import { scenesOf } from './dataset';
import { openDataset } from './open-dataset';

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
export async function checkDataset(settings: Experiment['data'], { splits, named }: DataNeeds): Promise<void> {
  const namesIn = await sceneNames(settings);
  for (const split of splits) namesIn(split);
  if (named === undefined) return;
  const used = namesIn(named.split).slice(0, settings.limit[named.split]);
  const missing = named.scenes.find((name) => !used.includes(name));
  if (missing !== undefined)
    throw new DataError(
      `evaluation.panels names "${missing}", which is not among the ${used.length} scenes used of the ${named.split} split (the first is ${used[0]})`,
      'name scenes as their files are called, or give a number of panels',
    );
}

/** Names of a split's scenes; asking for one without scenes throws. */
async function sceneNames(settings: Experiment['data']): Promise<(split: SplitName) => string[]> {
  const { source, root, synthetic } = settings;
  if (source !== 'synthetic') {
    const dataset = await openDataset(settings);
    return (split) => scenesOf(dataset, split).map(({ name }) => name);
  }
  if (root !== null) requireStreetFolder(root, synthetic);
  return (split) => {
    const count = synthetic.scenes[split];
    if (count === 0) throw new DataError(`data.synthetic.scenes.${split} is 0, and that split is read`, 'ask for some');
    return syntheticScenes(root ?? '', synthetic.scenes)[split].map(({ name }) => name);
  };
}
