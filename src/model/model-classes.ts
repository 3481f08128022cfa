import { CLASS_SETS, classSetNamed } from '../data/classes';
import type { ClassSet } from '../data/classes/class-set';
import { ModelError } from '../errors';
import type { ModelDescription } from './model-description';

/** @returns what a model predicts. @throws ModelError when it does not segment, or into classes that no set has */
export function classSetOf({ task, classes }: Pick<ModelDescription, 'task' | 'classes'>): ClassSet {
  const found = task === 'segmentation' ? classSetNamed(classes) : undefined;
  if (found) return found;
  const known = Object.values(CLASS_SETS).map(
    (set) => `${set.name} (${set.classes.map(({ name }) => name).join(', ')})`,
  );
  throw new ModelError(
    `the model does ${task} into ${classes.length} classes (${classes.join(', ')}), expected segmentation into ${known.join(' or ')}`,
    'name the run of a segmentation experiment',
  );
}
