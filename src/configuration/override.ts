import type { ConfigurationFormat } from './configuration-format';
import { type ConfigurationProblem, InvalidConfigurationError, invalid, type Place } from './configuration-problem';
import { currentKey } from './renamed-keys';
import { schemaAt } from './schema-keys';
import { plainValue, type Sourced, sourcedAt, valueAt } from './sourced';
import { parseYaml } from './yaml-source';

/**
 * Turns `a.b=value` of the command line into a layer to lay over a file. The value is YAML; where the schema wants
 * text and YAML reads something else (`--set description=2024`), the text itself is taken.
 *
 * @throws InvalidConfigurationError when it is not of the form key=value or the value is no YAML
 */
function parseOverride(override: string, format: ConfigurationFormat): Sourced {
  const place: Place = { file: `--set ${override}` };
  const [, dotted, text] = /^([^=\s]+?)=(.*)$/s.exec(override) ?? [];
  if (dotted === undefined || dotted.split('.').includes('')) {
    const message = 'expected key=value, as in training.epochs=5';
    throw invalid(place, '', message, 'Write the key, an equals sign and the value.');
  }
  const path = currentKey(dotted, format).split('.');
  return valueAt(path, typedValue(text, format, path, place));
}

/**
 * Likewise for several.
 *
 * @throws InvalidConfigurationError with what is wrong with any of them
 */
export function parseOverrides(overrides: readonly string[], format: ConfigurationFormat): Sourced[] {
  const problems: ConfigurationProblem[] = [];
  const layers = overrides.flatMap((override) => {
    try {
      return [parseOverride(override, format)];
    } catch (error) {
      if (!(error instanceof InvalidConfigurationError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new InvalidConfigurationError(problems, 'Write overrides as --set key=value.');
  return layers;
}

/** The override that gives a key this value: {@link parseOverride} reads it back. */
export function overrideOf(key: string, value: unknown, format: ConfigurationFormat): string {
  const bare = `${key}=${String(value ?? '')}`;
  const read = sourcedAt(parseOverride(bare, format), key.split('.'));
  return read && plainValue(read) === value ? bare : `${key}=${JSON.stringify(value)}`;
}

function typedValue(text: string, format: ConfigurationFormat, path: string[], place: Place): Sourced {
  const schema = schemaAt(path, format.schema);
  const raw: Sourced = { place, scalar: text };
  try {
    const parsed = parseYaml(text, place.file, { withLines: false });
    const rawFits = schema && !schema.safeParse(plainValue(parsed)).success && schema.safeParse(text).success;
    return rawFits ? raw : parsed;
  } catch (error) {
    if (error instanceof InvalidConfigurationError && schema?.safeParse(text).success) return raw;
    throw error;
  }
}
