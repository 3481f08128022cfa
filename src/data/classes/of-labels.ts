import { type Label, labelNamed, MAXIMUM_LABEL_ID } from '../../labels';
import { type ClassSet, IGNORED } from './class-set';

/**
 * A class set whose classes are single labels of Cityscapes, in their order and colours; all other labels are ignored.
 *
 * @param entries a label's name, or a class's own name and the label that it is
 * @throws RangeError for a label that is not in the table
 */
export function classesOfLabels(name: string, entries: readonly (string | readonly [string, string])[]): ClassSet {
  const classes = entries.map((entry): { name: string; label: Label } =>
    typeof entry === 'string'
      ? { name: entry, label: labelNamed(entry) }
      : { name: entry[0], label: labelNamed(entry[1]) },
  );
  const classOfLabelId = new Uint8Array(MAXIMUM_LABEL_ID + 1).fill(IGNORED);
  classes.forEach(({ label }, index) => {
    classOfLabelId[label.id] = index;
  });
  return {
    name,
    classes: classes.map((each) => ({ name: each.name, color: each.label.color })),
    classOfLabelId,
    labelIdOfClass: Uint8Array.from(classes, ({ label }) => label.id),
  };
}
