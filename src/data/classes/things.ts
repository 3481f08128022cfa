import { type GroupName, LABELS } from '../../labels';
import type { ClassSet } from './class-set';

/** Of these groups there are many in a scene, each for itself; of sky and road there is one or so. */
const GROUPS: readonly GroupName[] = ['object', 'human', 'vehicle'];

/**
 * The classes that come thing by thing: those that say so, and those made of Cityscapes' objects, humans and vehicles alone.
 *
 * @returns their indices
 */
export function thingClasses({ classes, classOfLabelId, labels = LABELS }: ClassSet): number[] {
  return classes.flatMap(({ things }, index) => {
    const own = labels.filter(({ id }) => id >= 0 && classOfLabelId[id] === index);
    return (things ?? (own.length > 0 && own.every(isThing))) ? [index] : [];
  });
}

/** A data set's own labels may have Cityscapes' ids without being the same. */
function isThing({ id, name }: { id: number; name: string }): boolean {
  return LABELS.some((label) => label.id === id && label.name === name && GROUPS.includes(label.group));
}
