import { InvalidExperimentError, type Place } from '../configuration/configuration-problem';
import { mergeSourced, type Sourced, sourcedAt, valueAt } from '../configuration/sourced';

/** Keys of an experiment that have moved: where they stood, and where they stand now. The old place may still be written. */
const RENAMED_KEYS: Readonly<Record<string, string>> = {
  'training.compile': 'execution.compile',
  'training.autotune': 'execution.autotune',
};

/** @returns what a dotted key is called now */
export function currentKey(key: string): string {
  return RENAMED_KEYS[key] ?? key;
}

/**
 * One file's values under the keys of today.
 *
 * @throws InvalidExperimentError when a value stands under its old key and its new one
 */
export function withCurrentKeys(file: Sourced): Sourced {
  return Object.entries(RENAMED_KEYS).reduce((source, [old, current]) => {
    const value = sourcedAt(source, old.split('.'));
    if (!value) return source;
    if (sourcedAt(source, current.split('.'))) throw givenTwice(old, current, value.place);
    const moved = valueAt(current.split('.'), value);
    return { ...mergeSourced(without(source, old.split('.')), moved), place: source.place };
  }, file);
}

/** As {@link withCurrentKeys}, of values by dotted key (`training.compile: false`). */
export function withCurrentDottedKeys(values: Sourced): Sourced {
  if (!values.entries) return values;
  const entries = [...values.entries].map(([key, value]): [string, Sourced] => {
    const current = currentKey(key);
    if (current !== key && values.entries!.has(current)) throw givenTwice(key, current, value.place);
    return [current, value];
  });
  return { ...values, entries: new Map(entries) };
}

function givenTwice(old: string, current: string, place: Place): InvalidExperimentError {
  const message = `is the old name of ${current}, which is given too`;
  return new InvalidExperimentError([{ place, key: old, message }], `Keep ${current} alone.`);
}

function without(source: Sourced, [key, ...rest]: readonly string[]): Sourced {
  const entries = new Map(source.entries);
  if (rest.length === 0) entries.delete(key);
  else entries.set(key, without(entries.get(key)!, rest));
  return { ...source, entries };
}
