import { basename, join } from 'node:path';
import { type Dataset, listFolder, pairScenes } from '../../src/data/dataset';
import { requireRoot, type Source } from '../../src/data/sources/source';
import { LABELS } from '../../src/labels';

const LAYOUT = 'expected training/image_2/*.png beside training/semantic/*.png of the same names';
/** KITTI publishes no validation split: the last of its 200 labelled scenes are kept back. */
const VALIDATION_SCENES = 40;

/** KITTI's semantic benchmark (Alhaija et al. 2018). Its masks hold Cityscapes' label ids, so each stands for itself. */
export const kitti = {
  open: ({ root }) => openKitti(requireRoot(root, 'kitti', 'the KITTI folder')),
} satisfies Source;

function openKitti(root: string): Dataset {
  const scenes = pairScenes(
    pictures(join(root, 'training/image_2')),
    pictures(join(root, 'training/semantic')),
    LAYOUT,
  );
  const kept = Math.max(1, scenes.length - VALIDATION_SCENES);
  return {
    title: 'KITTI',
    root,
    splits: { train: scenes.slice(0, kept), validation: scenes.slice(kept), test: [] },
    labels: LABELS,
    labelIdOfMaskValue: new Map(LABELS.filter(({ id }) => id >= 0).map(({ id }) => [id, id])),
  };
}

function pictures(folder: string): Map<string, string> {
  const files = listFolder(folder, LAYOUT).filter((file) => file.endsWith('.png'));
  return new Map(files.map((file) => [basename(file, '.png'), join(folder, file)]));
}
