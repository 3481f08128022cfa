import { canonicalJson } from '../configuration/canonical-json';
import { CLASS_SETS, classSetNamed } from '../data/classes';
import type { ClassSet } from '../data/classes/class-set';
import { ModelError } from '../errors';
import type { ModelDescription } from './model-description';

/**
 * @returns what a model predicts: a class set with a name, or its classes with the colours that its description has
 * @throws ModelError when it does not segment, or into classes that no set has
 */
export function classSetOf({ task, classes, colors }: Pick<ModelDescription, 'task' | 'classes' | 'colors'>): ClassSet {
  const found = task === 'segmentation' ? (classSetNamed(classes) ?? withColors(classes, colors)) : undefined;
  if (found) return found;
  const known = Object.values(CLASS_SETS).map(
    (set) => `${set.name} (${set.classes.map(({ name }) => name).join(', ')})`,
  );
  throw new ModelError(
    `the model does ${task} into ${classes.length} classes (${classes.join(', ')}), expected segmentation into ${known.join(' or ')}`,
    'name the run of a segmentation experiment',
  );
}

/** Which labels such classes are made of only the experiment knows. */
function withColors(classes: readonly string[], colors: ModelDescription['colors']): ClassSet | undefined {
  if (colors?.length !== classes.length) return undefined;
  return {
    name: `classes-${classes.length}`,
    classes: classes.map((name, index) => ({ name, color: colors[index] })),
    classOfLabelId: new Uint8Array(),
  };
}

/** @throws ModelError unless the model segments into those very classes, in their order */
export function requireClasses(
  { task, classes }: Pick<ModelDescription, 'task' | 'classes'>,
  expected: ClassSet,
): void {
  const names = expected.classes.map(({ name }) => name);
  if (task === 'segmentation' && canonicalJson(classes) === canonicalJson(names)) return;
  throw new ModelError(
    `the model does ${task} into ${classes.length} classes (${classes.join(', ')}), expected segmentation into the ${names.length} of ${expected.name} (${names.join(', ')})`,
    'name the run of an experiment with the same data.classes',
  );
}
