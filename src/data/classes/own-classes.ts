import { z } from 'zod';
import { DataError } from '../../errors';
import { colorValue, hexColor } from '../../labels';
import type { Dataset } from '../dataset';
import { type ClassSet, IGNORED } from './class-set';

const labelId = z.number().int().min(0).max(255);
const component = z.number().int().min(0).max(255);

const ownClass = z.strictObject({
  name: z.string().min(1),
  /** Red, green and blue, 0 to 255, that no other class has; may be left out where the pixels are ignored. */
  color: z.tuple([component, component, component]).default([0, 0, 0]),
  /** Label ids: those of Cityscapes, or of a folder the values of its masks. `rest` is all that no other class has. */
  values: z.union([z.array(labelId).min(1), z.literal('rest')]),
  /** Pixels that leave loss and metrics, instead of a class. */
  ignore: z.boolean().default(false),
  /** Whether it comes thing by thing, so that recall by size can be told; by default if all its labels are Cityscapes' things. */
  things: z.boolean().optional(),
});

export type OwnClass = z.infer<typeof ownClass>;

/** Classes of one's own; each label id belongs to one of them. */
export const ownClasses = z.array(ownClass).superRefine((classes, context) => {
  const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (classes.filter(({ ignore }) => !ignore).length < 2) issue([], 'at least two classes that are not ignored');
  const takenBy = new Map<number, string>();
  const names = new Set<string>();
  const rest = classes.findIndex(({ values }) => values === 'rest');
  classes.forEach(({ name, values }, index) => {
    if (names.has(name)) issue([index, 'name'], `a name that no other class has`);
    names.add(name);
    if (values === 'rest') {
      if (index !== rest) issue([index, 'values'], `label ids, since the rest is ${classes[rest].name} already`);
      return;
    }
    for (const value of values) {
      const other = takenBy.get(value);
      if (other !== undefined)
        issue([index, 'values'], `label ids that no other class has: ${value} is ${other} already`);
      takenBy.set(value, name);
    }
  });
});

/** Classes that cannot be told apart in a picture: the place in the list of each that has the colour of another. */
export function classesAlike(classes: readonly OwnClass[]): { index: number; other: string; color: string }[] {
  const first = new Map<string, string>();
  return classes.flatMap(({ name, color, ignore }, index) => {
    if (ignore) return [];
    const shown = hexColor(colorValue(color));
    const other = first.get(shown);
    if (other !== undefined) return [{ index, other, color: shown }];
    first.set(shown, name);
    return [];
  });
}

/**
 * What a list does not name would be ignored without a word, and what it names by mistake be left to the rest.
 *
 * @throws DataError with the labels of a data set that belong to no class of a list, or what a list names that is no label
 */
export function requireEveryLabel(
  { labels, labelIdOfMaskValue, title }: Pick<Dataset, 'labels' | 'labelIdOfMaskValue' | 'title'>,
  classes: readonly OwnClass[] | undefined,
): void {
  if (classes === undefined) return;
  const told = (some: readonly { id: number; name: string }[]) =>
    some.map(({ id, name }) => `${name} (${id})`).join(', ');
  const known = new Set(labels.map(({ id }) => id));
  for (const { name, values } of classes) {
    const unknown = values === 'rest' ? undefined : values.find((value) => !known.has(value));
    if (unknown !== undefined)
      throw new DataError(
        `data.classes: ${name} names ${unknown}, which is no label of ${title}: ${told(labels)}`,
        'correct it, or leave it out',
      );
  }
  if (classes.some(({ values }) => values === 'rest')) return;
  const named = new Set<unknown>(classes.flatMap(({ values }) => values as number[]));
  const missing = [...new Set(labelIdOfMaskValue.values())].filter((id) => !named.has(id)).sort((a, b) => a - b);
  if (missing.length === 0) return;
  const nameOf = (id: number) => labels.find((label) => label.id === id)?.name ?? 'label';
  throw new DataError(
    `data.classes: belongs to no class, of the labels of ${title}: ${told(missing.map((id) => ({ id, name: nameOf(id) })))}`,
    `name them in values, take them together as { name: other, values: rest }, or ignore them: { name: ignored, values: [${missing.join(', ')}], ignore: true }`,
  );
}

/** @returns the class set that a list describes; a label id that it does not name is ignored. */
export function classSetOfList(list: readonly OwnClass[]): ClassSet {
  const classes = list.filter(({ ignore }) => !ignore);
  const indexOf = (entry: OwnClass) => (entry.ignore ? IGNORED : classes.indexOf(entry));
  const rest = list.find(({ values }) => values === 'rest');
  const classOfLabelId = new Uint8Array(256).fill(rest ? indexOf(rest) : IGNORED);
  for (const entry of list)
    if (entry.values !== 'rest') for (const value of entry.values) classOfLabelId[value] = indexOf(entry);
  return {
    name: `classes-${classes.length}`,
    classes: classes.map(({ name, color, things }) => ({ name, color, ...(things !== undefined && { things }) })),
    classOfLabelId,
  };
}
