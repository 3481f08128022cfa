import type { Place } from './configuration-problem';

/** A configuration value that remembers where it was written. Exactly one of scalar, items and entries holds. */
export interface Sourced {
  place: Place;
  scalar?: unknown;
  items?: Sourced[];
  entries?: Map<string, Sourced>;
}

export type KeyPath = readonly (string | number)[];

/** `child` laid over `parent`: objects merge key by key, everything else (arrays too) is replaced. */
export function mergeSourced(parent: Sourced, child: Sourced): Sourced {
  if (!parent.entries || !child.entries) return child;
  const entries = new Map(parent.entries);
  for (const [key, value] of child.entries) {
    const inherited = entries.get(key);
    entries.set(key, inherited ? mergeSourced(inherited, value) : value);
  }
  return { place: child.place, entries };
}

/** What holds one value, at a path of keys. */
export function valueAt(path: readonly string[], value: Sourced): Sourced {
  return path.reduceRight<Sourced>((inner, key) => ({ place: value.place, entries: new Map([[key, inner]]) }), value);
}

/** The value without its places. */
export function plainValue(node: Sourced): unknown {
  if (node.entries) return Object.fromEntries([...node.entries].map(([key, value]) => [key, plainValue(value)]));
  if (node.items) return node.items.map(plainValue);
  return node.scalar;
}

/** The value at `path`, or undefined where nothing was written. */
export function sourcedAt(node: Sourced, path: KeyPath): Sourced | undefined {
  let current: Sourced | undefined = node;
  for (const key of path) current = current && childOf(current, key);
  return current;
}

/** The place of the value at `path`, or of the nearest value around it that was written. */
export function placeAt(node: Sourced, path: KeyPath): Place {
  let current = node;
  for (const key of path) {
    const next = childOf(current, key);
    if (!next) break;
    current = next;
  }
  return current.place;
}

function childOf(node: Sourced, key: string | number): Sourced | undefined {
  return node.entries?.get(String(key)) ?? node.items?.[Number(key)];
}
