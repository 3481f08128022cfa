import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type ConfigurationProblem, InvalidConfigurationError, invalid, type Place } from './configuration-problem';
import type { Sourced } from './sourced';

/** How many values all aliases of a file may stand for: far above any file that a person writes, and what one within itself would pass. */
const MAX_ALIASED = 10_000;
/** Characters of a file; what is written out is bounded by it. */
const MAX_LENGTH = 500_000;
/** `<<: *name` brings in the keys of another mapping. */
const MERGE_KEY = '<<';

/** What the parser's errors mean here, where it says it otherwise. */
const MESSAGES: Partial<Record<string, (message: string) => string>> = {
  TAG_RESOLVE_FAILED: (message) => `tags are not allowed (${message})`,
  MULTIPLE_DOCS: () => 'a second document begins here (---), expected one; give it a file of its own',
};

/**
 * Parses YAML 1.2 (core schema, and the merge key `<<` of 1.1) and keeps the place of every key and array item. Custom tags, duplicate keys, several
 * documents, aliases that expand without end and files far larger than a person writes are refused.
 *
 * @param file name given in places, as the reader knows the file
 * @param withLines false for text that stands in no file, whose places are `file` alone
 * @throws InvalidConfigurationError with every syntax error of the text
 */
export function parseYaml(text: string, file: string, { withLines = true } = {}): Sourced {
  if (text.length > MAX_LENGTH) {
    const message = `${text.length} characters, expected ${MAX_LENGTH} at most`;
    throw invalid({ file }, '', message, 'Give a file of keys and values.');
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
    message: MESSAGES[code]?.(message) ?? message,
  }));
  if (problems.length > 0) throw new InvalidConfigurationError(problems, 'Correct the YAML there.');

  let aliased = 0;
  const convert = (node: unknown, place: Place, inAlias = false): Sourced => {
    if (inAlias) aliased += 1;
    if (aliased > MAX_ALIASED) {
      const message = `the aliases (*name) stand for more than ${MAX_ALIASED} values`;
      throw invalid(place, '', message, 'Write the values out, or use `extends`.');
    }
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target) return convert(target, place, true);
      const message = `the alias *${node.source} has no anchor &${node.source} above it`;
      throw invalid(place, '', message, 'Write the value out, or use `extends`.');
    }
    if (isMap(node)) {
      const own: [string, Sourced][] = [];
      const merged: Sourced[] = [];
      for (const pair of node.items) {
        const keyPlace = placeOf((pair.key as Node).range?.[0] ?? 0);
        const value = convert(pair.value, keyPlace, inAlias);
        if (isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === MERGE_KEY)
          merged.push(...(value.items ?? [value]));
        else own.push([isScalar(pair.key) ? String(pair.key.value) : String(pair.key), value]);
      }
      const unfit = merged.find(({ entries }) => !entries);
      if (unfit) {
        const message = 'expected an alias of keys and values (*name), or a list of such';
        throw invalid(unfit.place, MERGE_KEY, message, 'Write the keys out.');
      }
      // Of several the first wins, and what stands beside them over all.
      const brought = merged.reverse().flatMap(({ entries }) => [...entries!]);
      return { place, entries: new Map([...brought, ...own]) };
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => convert(item, placeOf((item as Node).range?.[0] ?? 0), inAlias));
      return { place, items };
    }
    return { place, scalar: isScalar(node) ? node.value : null };
  };
  return convert(document.contents, placeOf(0));
}
