import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DataError } from '../../errors';
import { LABELS, labelNamed } from '../../labels';
import { type Dataset, listFolder, pairScenes, type Scene } from '../dataset';
import { requireRoot, type Source } from './source';

/** Mask values of CamVid in the 12-class form published with SegNet, by the Cityscapes label that fits best. */
const CLASSES = [
  'sky',
  'building',
  'pole',
  'road',
  'sidewalk', // pavement
  'vegetation', // tree
  'traffic sign', // sign or symbol
  'fence',
  'car',
  'person', // pedestrian
  'rider', // bicyclist
  'unlabeled',
] as const;

const LAYOUT = 'expected <split>/*.png beside <split>annot/*.png of the same names, for train, val and test';

export const camvid = {
  open: ({ root }) => openCamVid(requireRoot(root, 'camvid', 'the CamVid folder')),
} satisfies Source;

/**
 * CamVid (Brostow, Fauqueur & Cipolla 2009), 480x360, as packaged with the SegNet tutorial.
 *
 * @throws DataError when the root or a file's partner is missing
 */
export function openCamVid(root: string): Dataset {
  if (!existsSync(join(root, 'train')))
    throw new DataError(`${join(root, 'train')}: no such folder`, `set data.root to CamVid's folder; ${LAYOUT}`);
  return {
    title: 'CamVid',
    root,
    splits: { train: openSplit(root, 'train'), validation: openSplit(root, 'val'), test: openSplit(root, 'test') },
    labels: LABELS,
    labelIdOfMaskValue: new Map(CLASSES.map((name, value) => [value, labelNamed(name).id])),
  };
}

function openSplit(root: string, split: string): Scene[] {
  if (!existsSync(join(root, split))) return [];
  return pairScenes(picturesByName(join(root, split)), picturesByName(join(root, `${split}annot`)), LAYOUT);
}

function picturesByName(folder: string): Map<string, string> {
  const files = listFolder(folder, LAYOUT).filter((file) => file.endsWith('.png') && !file.startsWith('.'));
  return new Map(files.map((file) => [basename(file, '.png'), join(folder, file)]));
}
