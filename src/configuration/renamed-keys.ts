import type { ConfigurationFormat } from './configuration-format';
import { type InvalidConfigurationError, invalid, type Place } from './configuration-problem';
import { mergeSourced, type Sourced, sourcedAt, valueAt } from './sourced';

/** @returns what a dotted key is called now */
export function currentKey(key: string, { renamedKeys = {} }: ConfigurationFormat): string {
  return renamedKeys[key] ?? key;
}

/**
 * One file's values under the keys of today.
 *
 * @throws InvalidConfigurationError when a value stands under its old key and its new one
 */
export function withCurrentKeys(file: Sourced, { renamedKeys = {} }: ConfigurationFormat): Sourced {
  return Object.entries(renamedKeys).reduce((source, [old, current]) => {
    const value = sourcedAt(source, old.split('.'));
    if (!value) return source;
    if (sourcedAt(source, current.split('.'))) throw givenTwice(old, current, value.place);
    const moved = valueAt(current.split('.'), value);
    return { ...mergeSourced(without(source, old.split('.')), moved), place: source.place };
  }, file);
}

/** As {@link withCurrentKeys}, of values by dotted key (`training.compile: false`). */
export function withCurrentDottedKeys(values: Sourced, format: ConfigurationFormat): Sourced {
  if (!values.entries) return values;
  const entries = [...values.entries].map(([key, value]): [string, Sourced] => {
    const current = currentKey(key, format);
    if (current !== key && values.entries!.has(current)) throw givenTwice(key, current, value.place);
    return [current, value];
  });
  return { ...values, entries: new Map(entries) };
}

function givenTwice(old: string, current: string, place: Place): InvalidConfigurationError {
  return invalid(place, old, `is the old name of ${current}, which is given too`, `Keep ${current} alone.`);
}

function without(source: Sourced, [key, ...rest]: readonly string[]): Sourced {
  const entries = new Map(source.entries);
  if (rest.length === 0) entries.delete(key);
  else entries.set(key, without(entries.get(key)!, rest));
  return { ...source, entries };
}
