import type { ClassSet } from './class-set';
import { groups8 } from './groups-8';

/** The class sets that can be asked for by name. One is added as a file beside these and an entry here. */
export const CLASS_SETS = { 'groups-8': groups8 } as const satisfies Record<string, ClassSet>;

export type ClassSetName = keyof typeof CLASS_SETS;

/** @returns the class set of that name. */
export function classSet(name: ClassSetName): ClassSet {
  return CLASS_SETS[name];
}

/** @returns the class set whose classes are called so, in that order, as a checkpoint names them; undefined for none. */
export function classSetNamed(classes: readonly string[]): ClassSet | undefined {
  return Object.values(CLASS_SETS).find((set) => set.classes.map(({ name }) => name).join() === classes.join());
}
