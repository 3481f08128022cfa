import { GROUP_COLORS, GROUP_NAMES, groupIndexByLabelId, labelIdByGroupIndex } from '../../labels';
import type { ClassSet } from './class-set';

/** The eight groups that Cityscapes calls categories; void is a class like the others. */
export const groups8: ClassSet = {
  name: 'groups-8',
  note: 'Every pixel counts, by its group; void is a group like the others',
  classes: GROUP_NAMES.map((name) => ({ name, color: GROUP_COLORS[name] })),
  classOfLabelId: groupIndexByLabelId(),
  labelIdOfClass: labelIdByGroupIndex(),
};
