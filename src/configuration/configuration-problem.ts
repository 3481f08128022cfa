import { ConfigurationError } from '../errors';

/** Where a value was written: a position in a YAML file (1-based), or an override such as `--set seed=2` without one. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/** One thing wrong with a configuration; `key` is the dotted path, empty when the whole file is meant. */
export interface ConfigurationProblem {
  place: Place;
  key: string;
  message: string;
}

/** A file that is no YAML at all may have a problem in every character. */
const MAX_LINES = 30;

/** Everything wrong with one configuration, reported together, one line each. */
export class InvalidConfigurationError extends ConfigurationError {
  constructor(
    readonly problems: ConfigurationProblem[],
    remedy: string,
  ) {
    const lines = problems.map(formatConfigurationProblem);
    const more = lines.length > MAX_LINES ? [`… and ${lines.length - MAX_LINES} more`] : [];
    const list = [...lines.slice(0, MAX_LINES), ...more].join('\n  ');
    super(lines.length === 1 ? lines[0] : `${lines.length} problems:\n  ${list}`, remedy);
    this.name = 'ConfigurationError';
  }
}

/** One thing wrong. */
export function invalid(place: Place, key: string, message: string, remedy: string): InvalidConfigurationError {
  return new InvalidConfigurationError([{ place, key, message }], remedy);
}

/** `file:line:column`, as compilers write it; the file alone where there is no line. */
export function formatPlace({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function formatConfigurationProblem({ place, key, message }: ConfigurationProblem): string {
  return [formatPlace(place), key, message].filter((part) => part !== '').join(': ');
}
