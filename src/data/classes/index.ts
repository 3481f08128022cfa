import { z } from 'zod';
import { canonicalJson } from '../../configuration/canonical-json';
import { DataError } from '../../errors';
import { LABELS } from '../../labels';
import type { Dataset } from '../dataset';
import { classSetsOfSources, SOURCES, type SourceName } from '../sources';
import type { Source } from '../sources/source';
import { cityscapes19 } from './cityscapes-19';
import type { ClassSet } from './class-set';
import { groups8 } from './groups-8';
import { classSetOfList, ownClasses, requireEveryLabel } from './own-classes';

/** The class sets that can be asked for by name. One is added as a file beside these and an entry here, or by a source. */
export const CLASS_SETS = {
  'groups-8': groups8,
  'cityscapes-19': cityscapes19,
  ...classSetsOfSources(),
} as const satisfies Record<string, ClassSet>;

export type ClassSetName = keyof typeof CLASS_SETS;

/** `data.classes`: the name of a class set, or a list of classes. */
export const classOptions = z.union([z.enum(Object.keys(CLASS_SETS) as [ClassSetName, ...ClassSetName[]]), ownClasses]);

export type ClassOptions = z.infer<typeof classOptions>;

/** @returns the class set of that name, or of a list of one's own. */
export function classSet(classes: ClassOptions): ClassSet {
  return typeof classes === 'string' ? CLASS_SETS[classes] : classSetOfList(classes);
}

/**
 * @throws DataError when classes of one's own leave labels of a data set out, or a class set is made of other labels than its
 */
export function requireFittingClasses(dataset: Dataset, source: SourceName, classes: ClassOptions | undefined): void {
  if (typeof classes !== 'string') {
    requireEveryLabel(dataset, classes);
    return;
  }
  const brought = Object.entries((SOURCES[source] as Source<never>).classSets ?? {});
  const own = brought.filter(([, { labels }]) => labels !== undefined).map(([name]) => name);
  const { labels } = classSet(classes);
  if (labels === undefined ? own.length === 0 : own.includes(classes)) return;
  throw new DataError(
    `data.classes: ${classes} is made of other labels than those of ${dataset.title}: ${dataset.labels.map(({ name }) => name).join(', ')}`,
    own.length > 0 ? `take ${own.join(' or ')}, or list classes of your own` : 'take another class set',
  );
}

/** @returns the class set with the labels that a data set's masks can hold, where these are not all of Cityscapes' */
export function classSetOfDataset(
  { labels, labelIdOfMaskValue }: Pick<Dataset, 'labels' | 'labelIdOfMaskValue'>,
  classes: ClassOptions,
): ClassSet {
  const ids = new Set(labelIdOfMaskValue.values());
  const held = labels.filter(({ id }) => ids.has(id));
  const isCityscapes = LABELS.every((label) => label.id < 0 || (held as Dataset['labels']).includes(label));
  return { ...classSet(classes), ...(!isCityscapes && { labels: held }) };
}

/** Whether what it is made of are Cityscapes' labels, as those that generated streets show. */
export function isOfCityscapes({ labels = LABELS }: Pick<ClassSet, 'labels'>): boolean {
  return labels.every(({ id, name }) => LABELS.some((label) => label.id === id && label.name === name));
}

/** @returns the class set whose classes are called so, in that order, as a checkpoint names them; undefined for none. */
export function classSetNamed(classes: readonly string[]): ClassSet | undefined {
  return Object.values(CLASS_SETS).find(
    (set) => canonicalJson(set.classes.map(({ name }) => name)) === canonicalJson(classes),
  );
}
