import { GROUP_NAMES } from '../../src/labels';
import type { ModelDescription } from '../../src/model/model-description';

/** A U-Net with few channels, of the preprocessing that is the easiest to get wrong. */
export const tinyDescription: ModelDescription = {
  task: 'segmentation',
  classes: [...GROUP_NAMES],
  size: 32,
  width: 1 / 16,
  batchNorm: true,
  preprocessing: 'caffe',
};
