import { z } from 'zod';
import { LABELS } from '../../labels';
import type { Dataset } from '../dataset';
import { camvid11 } from './camvid-11';
import { cityscapes19 } from './cityscapes-19';
import type { ClassSet } from './class-set';
import { groups8 } from './groups-8';
import { classSetOfList, ownClasses } from './own-classes';

/** The class sets that can be asked for by name. One is added as a file beside these and an entry here. */
export const CLASS_SETS = {
  'groups-8': groups8,
  'cityscapes-19': cityscapes19,
  'camvid-11': camvid11,
} as const satisfies Record<string, ClassSet>;

export type ClassSetName = keyof typeof CLASS_SETS;

/** `data.classes`: the name of a class set, or a list of classes. */
export const classOptions = z.union([z.enum(Object.keys(CLASS_SETS) as [ClassSetName, ...ClassSetName[]]), ownClasses]);

export type ClassOptions = z.infer<typeof classOptions>;

/** @returns the class set of that name, or of a list of one's own. */
export function classSet(classes: ClassOptions): ClassSet {
  return typeof classes === 'string' ? CLASS_SETS[classes] : classSetOfList(classes);
}

/** @returns the same, with the labels that a data set makes it of where they are not Cityscapes'. */
export function classSetOfDataset({ labels }: Pick<Dataset, 'labels'>, classes: ClassOptions): ClassSet {
  const own = labels.some((label) => !(LABELS as Dataset['labels']).includes(label));
  return { ...classSet(classes), ...(own && { labels }) };
}

/** @returns the class set whose classes are called so, in that order, as a checkpoint names them; undefined for none. */
export function classSetNamed(classes: readonly string[]): ClassSet | undefined {
  return Object.values(CLASS_SETS).find((set) => set.classes.map(({ name }) => name).join() === classes.join());
}
