import { LABELS } from '../../labels';
import type { ClassSet } from './class-set';
import { classesOfLabels } from './of-labels';

/** The labels that Cityscapes evaluates, in the order of its train ids; its class IoU is over these, and ignores the others. */
export const cityscapes19: ClassSet = {
  ...classesOfLabels(
    'cityscapes-19',
    LABELS.filter(({ ignoreInEvaluation }) => !ignoreInEvaluation).map(({ name }) => name),
  ),
  note: 'The class IoU of cityscapesScripts: only pixels whose true label it evaluates count',
};
