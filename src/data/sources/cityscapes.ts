import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../errors';
import { LABELS } from '../../labels';
import { type Dataset, listFolder, pairScenes, type Scene, type UnpairedListener } from '../dataset';
import { type OpenEvents, requireRoot, type Source } from './source';

const IMAGE = '_leftImg8bit.png';
const MASK = '_gtFine_labelIds.png';
const INSTANCES = '_gtFine_instanceIds.png';
const LAYOUT = `expected leftImg8bit/<train|val|test>/<city>/*${IMAGE} and gtFine/<split>/<city>/*${MASK} below it`;

/** A mask of label ids holds those ids themselves. */
export const CITYSCAPES_MASK_VALUES: ReadonlyMap<number, number> = new Map(
  LABELS.filter(({ id }) => id >= 0).map(({ id }) => [id, id]),
);

export const cityscapes = {
  open: ({ root }, { onUnpaired }: OpenEvents = {}) => {
    const folder = root ?? process.env.CITYSCAPES_DATASET;
    return openCityscapes(
      requireRoot(folder, 'cityscapes', 'the Cityscapes folder, or CITYSCAPES_DATASET'),
      onUnpaired,
    );
  },
} satisfies Source;

/**
 * Cityscapes (Cordts et al. 2016) as its archives unpack, with any subset of splits and cities.
 *
 * @throws DataError when the root or a file's partner is missing, or two scenes of a split have one name
 */
export function openCityscapes(root: string, onUnpaired?: UnpairedListener): Dataset {
  const remedy = `set data.root or CITYSCAPES_DATASET to the folder that holds leftImg8bit and gtFine; ${LAYOUT}`;
  for (const part of ['', 'leftImg8bit', 'gtFine'])
    if (!existsSync(join(root, part))) throw new DataError(`${join(root, part)}: no such folder`, remedy);
  const scenes = (split: string) => openSplit(root, split, onUnpaired);
  return {
    title: 'Cityscapes',
    root,
    splits: { train: scenes('train'), validation: scenes('val'), test: scenes('test') },
    labels: LABELS,
    labelIdOfMaskValue: CITYSCAPES_MASK_VALUES,
  };
}

function openSplit(root: string, split: string, onUnpaired?: UnpairedListener): Scene[] {
  const folders = [join(root, 'leftImg8bit', split), join(root, 'gtFine', split)];
  if (!folders.some((folder) => existsSync(folder))) return [];
  const instances = filesByScene(folders[1], INSTANCES);
  const [images, masks] = [filesByScene(folders[0], IMAGE), filesByScene(folders[1], MASK)];
  return pairScenes(images, masks, LAYOUT, onUnpaired).map((scene) =>
    instances.has(scene.name) ? { ...scene, instances: instances.get(scene.name) } : scene,
  );
}

/** Path by scene name (`aachen_000000_000019`) of the files with that ending, over all cities of a split's folder. */
function filesByScene(folder: string, ending: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const city of listFolder(folder, LAYOUT)) {
    if (city.startsWith('.')) continue;
    for (const file of listFolder(join(folder, city), LAYOUT).filter((each) => each.endsWith(ending))) {
      const [name, place] = [file.slice(0, -ending.length), join(folder, city, file)];
      const other = files.get(name);
      if (other !== undefined)
        throw new DataError(
          `${place}: has the name of ${other}, expected one scene of a name in a split`,
          'rename the scene, image and mask alike; Cityscapes begins names with the city',
        );
      files.set(name, place);
    }
  }
  return files;
}
