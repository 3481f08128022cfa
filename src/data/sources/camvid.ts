import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DataError } from '../../errors';
import { LABELS, labelNamed } from '../../labels';
import type { ClassSet } from '../classes/class-set';
import { classesOfLabels } from '../classes/of-labels';
import { type Dataset, listFolder, pairScenes, type Scene, type UnpairedListener } from '../dataset';
import { type OpenEvents, requireRoot, type Source } from './source';

/**
 * The eleven classes of CamVid that published tables give (SegNet: Badrinarayanan et al. 2017), in the order of its masks'
 * values, by the Cityscapes label that fits best; void, the twelfth value, is ignored.
 */
const camvid11: ClassSet = {
  ...classesOfLabels('camvid-11', [
    'sky',
    'building',
    'pole',
    'road',
    ['pavement', 'sidewalk'],
    ['tree', 'vegetation'],
    ['sign', 'traffic sign'],
    'fence',
    'car',
    ['pedestrian', 'person'],
    ['bicyclist', 'rider'],
  ]),
  note: 'Every pixel counts but void, by its class, as in published tables',
};
const LABEL_IDS = [...camvid11.labelIdOfClass!, labelNamed('unlabeled').id];

const LAYOUT = 'expected <split>/*.png beside <split>annot/*.png of the same names, for train, val and test';

export const camvid = {
  classSets: { 'camvid-11': camvid11 },
  open: ({ root }, { onUnpaired }: OpenEvents = {}) =>
    openCamVid(requireRoot(root, 'camvid', 'the CamVid folder'), onUnpaired),
} satisfies Source;

/**
 * CamVid (Brostow, Fauqueur & Cipolla 2009), 480x360, as packaged with the SegNet tutorial.
 *
 * @throws DataError when the root or a file's partner is missing
 */
export function openCamVid(root: string, onUnpaired?: UnpairedListener): Dataset {
  if (!existsSync(join(root, 'train')))
    throw new DataError(`${join(root, 'train')}: no such folder`, `set data.root to CamVid's folder; ${LAYOUT}`);
  const scenes = (split: string) => openSplit(root, split, onUnpaired);
  return {
    title: 'CamVid',
    root,
    splits: { train: scenes('train'), validation: scenes('val'), test: scenes('test') },
    labels: LABELS,
    labelIdOfMaskValue: new Map(LABEL_IDS.map((id, value) => [value, id])),
  };
}

function openSplit(root: string, split: string, onUnpaired?: UnpairedListener): Scene[] {
  if (!existsSync(join(root, split))) return [];
  const [images, masks] = [split, `${split}annot`].map((folder) => picturesByName(join(root, folder)));
  return pairScenes(images, masks, LAYOUT, onUnpaired);
}

function picturesByName(folder: string): Map<string, string> {
  const files = listFolder(folder, LAYOUT).filter((file) => file.endsWith('.png') && !file.startsWith('.'));
  return new Map(files.map((file) => [basename(file, '.png'), join(folder, file)]));
}
