import { currentKey } from '../experiment/renamed-keys';
import { type ConfigurationProblem, InvalidExperimentError, type Place } from './configuration-problem';
import { schemaAt } from './schema-keys';
import { plainValue, type Sourced, sourcedAt, valueAt } from './sourced';
import { parseYaml } from './yaml-source';

/**
 * Turns `a.b=value` of the command line into a layer to lay over the experiment. The value is YAML; where the schema wants
 * text and YAML reads something else (`--set description=2024`), the text itself is taken.
 *
 * @throws InvalidExperimentError when it is not of the form key=value or the value is no YAML
 */
export function parseOverride(override: string): Sourced {
  const place: Place = { file: `--set ${override}` };
  const [, dotted, text] = /^([^=\s]+?)=(.*)$/s.exec(override) ?? [];
  if (dotted === undefined || dotted.split('.').includes('')) {
    const message = 'expected key=value, as in training.epochs=5';
    throw new InvalidExperimentError([{ place, key: '', message }], 'Write the key, an equals sign and the value.');
  }
  const path = currentKey(dotted).split('.');
  return valueAt(path, typedValue(text, path, place));
}

/**
 * Likewise for several.
 *
 * @throws InvalidExperimentError with what is wrong with any of them
 */
export function parseOverrides(overrides: readonly string[]): Sourced[] {
  const problems: ConfigurationProblem[] = [];
  const layers = overrides.flatMap((override) => {
    try {
      return [parseOverride(override)];
    } catch (error) {
      if (!(error instanceof InvalidExperimentError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new InvalidExperimentError(problems, 'Write overrides as --set key=value.');
  return layers;
}

/** The override that gives a key this value: {@link parseOverride} reads it back. */
export function overrideOf(key: string, value: unknown): string {
  const bare = `${key}=${String(value ?? '')}`;
  const read = sourcedAt(parseOverride(bare), key.split('.'));
  return read && plainValue(read) === value ? bare : `${key}=${JSON.stringify(value)}`;
}

function typedValue(text: string, path: string[], place: Place): Sourced {
  const schema = schemaAt(path);
  const raw: Sourced = { place, scalar: text };
  try {
    const parsed = parseYaml(text, place.file, { withLines: false });
    const rawFits = schema && !schema.safeParse(plainValue(parsed)).success && schema.safeParse(text).success;
    return rawFits ? raw : parsed;
  } catch (error) {
    if (error instanceof InvalidExperimentError && schema?.safeParse(text).success) return raw;
    throw error;
  }
}
