import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type ConfigurationProblem, InvalidExperimentError, type Place } from './configuration-problem';
import type { Sourced } from './sourced';

/** Far above any experiment; what an alias that repeats itself would pass. */
const MAX_VALUES = 2000;
/** Likewise; characters of a file. */
const MAX_LENGTH = 500_000;

/**
 * Parses YAML 1.2 (core schema) and keeps the place of every key and array item. Custom tags, duplicate keys, several
 * documents, aliases that expand without end and files far larger than any experiment are refused.
 *
 * @param file name given in places, as the reader knows the file
 * @param withLines false for text that stands in no file, whose places are `file` alone
 * @throws InvalidExperimentError with every syntax error of the text
 */
export function parseYaml(text: string, file: string, { withLines = true } = {}): Sourced {
  if (text.length > MAX_LENGTH) {
    const message = `${text.length} characters, expected ${MAX_LENGTH} at most`;
    throw new InvalidExperimentError([{ place: { file }, key: '', message }], 'Give the YAML of an experiment.');
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });

  const placeOf = (offset: number): Place => {
    if (!withLines) return { file };
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  // An unresolved tag is only a warning to the parser; here it is an error like the others.
  const problems: ConfigurationProblem[] = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    place: placeOf(pos[0]),
    key: '',
    message: code === 'TAG_RESOLVE_FAILED' ? `tags are not allowed (${message})` : message,
  }));
  if (problems.length > 0) throw new InvalidExperimentError(problems, 'Correct the YAML there.');

  let count = 0;
  const convert = (node: unknown, place: Place): Sourced => {
    count += 1;
    if (count > MAX_VALUES) {
      const message = `more than ${MAX_VALUES} values; an alias (*name) expands too far`;
      throw new InvalidExperimentError([{ place, key: '', message }], 'Write the values out, or use `extends`.');
    }
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target) return convert(target, place);
      const message = `the alias *${node.source} has no anchor &${node.source} above it`;
      throw new InvalidExperimentError([{ place, key: '', message }], 'Write the value out, or use `extends`.');
    }
    if (isMap(node)) {
      const entries = node.items.map((pair): [string, Sourced] => {
        const keyPlace = placeOf((pair.key as Node).range?.[0] ?? 0);
        return [isScalar(pair.key) ? String(pair.key.value) : String(pair.key), convert(pair.value, keyPlace)];
      });
      return { place, entries: new Map(entries) };
    }
    if (isSeq(node)) {
      return { place, items: node.items.map((item) => convert(item, placeOf((item as Node).range?.[0] ?? 0))) };
    }
    return { place, scalar: isScalar(node) ? node.value : null };
  };
  return convert(document.contents, placeOf(0));
}
