import { LABELS } from '../../labels';
import { classesOfLabels } from './of-labels';

/** The labels that Cityscapes evaluates, in the order of its train ids; its class IoU is over these, and ignores the others. */
export const cityscapes19 = classesOfLabels(
  'cityscapes-19',
  LABELS.filter(({ ignoreInEvaluation }) => !ignoreInEvaluation).map(({ name }) => name),
);
