import { classesOfLabels } from './of-labels';

/**
 * The eleven classes of CamVid that published tables give (SegNet: Badrinarayanan et al. 2017), in the order of its masks'
 * values; void is ignored. Each is the label that its source translates it to.
 */
export const camvid11 = classesOfLabels('camvid-11', [
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
]);
