import type { z } from 'zod';
import type { ConfigurationFormat } from './configuration-format';
import { type ConfigurationProblem, InvalidConfigurationError } from './configuration-problem';
import { nearestWord } from './nearest-word';
import { allKeys, keysAt } from './schema-keys';
import { type KeyPath, placeAt, plainValue, type Sourced, sourcedAt } from './sourced';

type Issue = z.core.$ZodIssue;

/**
 * Checks merged configuration against the schema and fills in defaults.
 *
 * @throws InvalidConfigurationError with every problem, each at the place in whichever file or override it was written
 */
export function validate<T>(source: Sourced, { schema, remedy }: ConfigurationFormat<T>): T {
  const result = schema.safeParse(plainValue(source));
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, source, schema));
  throw new InvalidConfigurationError(problems.sort(byPlace), remedy);
}

/** From top to bottom of each file. */
function byPlace(a: ConfigurationProblem, b: ConfigurationProblem): number {
  return a.place.file.localeCompare(b.place.file) || (a.place.line ?? 0) - (b.place.line ?? 0);
}

function problemsOf(issue: Issue, source: Sourced, schema: z.ZodType): ConfigurationProblem[] {
  const path = issue.path as KeyPath;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      place: placeAt(source, [...path, key]),
      key: [...path, key].join('.'),
      message: `unknown key${suggestion(key, path, schema)}`,
    }));
  }
  if (issue.code === 'invalid_union') {
    // Where one alternative is of the right kind and only something in it is wrong, that is meant.
    const [meant, ...others] = issue.errors.filter((issues) => issues.every((inner) => inner.path.length > 0));
    if (meant && others.length === 0 && issue.errors.length > 1)
      return meant.flatMap((inner) =>
        problemsOf({ ...inner, path: [...path, ...inner.path] } as Issue, source, schema),
      );
  }
  const found = sourcedAt(source, path);
  const expected = expectation(issue);
  const message = found
    ? `expected ${expected}, found ${abbreviated(plainValue(found))}`
    : `missing; expected ${expected}`;
  return [{ place: placeAt(source, path), key: path.join('.'), message }];
}

/** A sibling with nearly the same name, or a key of that name elsewhere. */
export function suggestion(key: string, path: KeyPath, schema: z.ZodType): string {
  const elsewhere = allKeys(schema).filter((dotted) => dotted.split('.').at(-1)!.toLowerCase() === key.toLowerCase());
  const sibling = nearestWord(key, keysAt(path, schema));
  const meant = sibling ? [...path, sibling].join('.') : elsewhere[0];
  return meant ? `; did you mean ${meant}?` : `; known here: ${keysAt(path, schema).join(', ')}`;
}

const TYPE_NAMES: Record<string, string> = {
  int: 'an integer',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'keys and values',
  record: 'keys and values',
};

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      if (issue.origin === 'array') return `at least ${count(issue.minimum, 'item')}`;
      if (issue.origin === 'string') return `at least ${count(issue.minimum, 'character')}`;
      return `a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `a number ${issue.inclusive ? 'of at most' : 'below'} ${issue.maximum}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'ends_with' ? `text ending in ${(issue as { suffix?: string }).suffix}` : issue.message;
    case 'invalid_union':
      // Of options that a name decides on, where there is no such name.
      if ('options' in issue && issue.options)
        return `one of ${issue.options.filter((name) => name !== undefined).join(', ')}`;
      return issue.errors
        .map(([first]) => expectation(first) + (first.path.length > 0 ? ` (at ${first.path.join('.')})` : ''))
        .join(' or ');
    default:
      return issue.message;
  }
}

function count(amount: number | bigint, noun: string): string {
  return `${amount} ${noun}${Number(amount) === 1 ? '' : 's'}`;
}

function abbreviated(value: unknown): string {
  // JSON has no word for NaN and the infinities, which YAML can write.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
