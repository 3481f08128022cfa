import { basename, join } from 'node:path';
import { type ClassSet, IGNORED } from '../../src/data/classes/class-set';
import { type Dataset, listFolder, pairScenes } from '../../src/data/dataset';
import { requireRoot, type Source } from '../../src/data/sources/source';
import { colorValue } from '../../src/labels';

const LAYOUT = 'expected training/image_2/<kind>_<number>.png beside training/gt_image_2/<kind>_road_<number>.png';

/** What the colours of its masks mean; black are other roads, which its benchmark leaves out. */
const ROAD_LABELS = [
  { id: 0, name: 'no road', color: [255, 0, 0] },
  { id: 1, name: 'road', color: [255, 0, 255] },
  { id: 2, name: 'other road', color: [0, 0, 0] },
] as const;

const roadOrNot: ClassSet = {
  name: 'kitti-road-2',
  classes: ROAD_LABELS.slice(0, 2),
  classOfLabelId: Uint8Array.of(0, 1, IGNORED),
  labels: ROAD_LABELS,
};

/** KITTI's road benchmark (Fritsch, Kühnl & Geiger 2013); every fifth scene is kept back for validation. */
export const kittiRoad = {
  classSets: { 'kitti-road-2': roadOrNot },
  open: ({ root }) => openKittiRoad(requireRoot(root, 'kitti-road', 'the KITTI road folder')),
} satisfies Source;

function openKittiRoad(root: string): Dataset {
  const images = pictures(join(root, 'training/image_2'));
  const masks = pictures(join(root, 'training/gt_image_2')).filter(([name]) => name.includes('_road_'));
  const named = masks.map(([name, file]) => [name.replace('_road_', '_'), file] as const);
  const scenes = pairScenes(new Map(images), new Map(named), LAYOUT);
  const [train, validation] = [false, true].map((kept) => scenes.filter((_, index) => (index % 5 === 4) === kept));
  return {
    title: 'KITTI road',
    root,
    splits: { train, validation, test: [] },
    labels: ROAD_LABELS,
    maskForm: 'colors',
    labelIdOfMaskValue: new Map(ROAD_LABELS.map(({ id, color }) => [colorValue(color), id])),
  };
}

function pictures(folder: string): [string, string][] {
  const files = listFolder(folder, LAYOUT).filter((file) => file.endsWith('.png'));
  return files.map((file) => [basename(file, '.png'), join(folder, file)]);
}
