import { ConfigurationError } from '../errors';

/** Where a value was written: a position in a YAML file (1-based), or an override such as `--set seed=2` without one. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/** One thing wrong with an experiment; `key` is the dotted path, empty when the whole file is meant. */
export interface ConfigurationProblem {
  place: Place;
  key: string;
  message: string;
}

/** Everything wrong with one experiment, reported together, one line each. */
export class InvalidExperimentError extends ConfigurationError {
  constructor(
    readonly problems: ConfigurationProblem[],
    remedy = 'Correct it; every key, its range and its default stand in src/experiment/schema.ts.',
  ) {
    const lines = problems.map(formatConfigurationProblem);
    super(lines.length === 1 ? lines[0] : `${lines.length} problems:\n  ${lines.join('\n  ')}`, remedy);
    this.name = 'ConfigurationError';
  }
}

/** `file:line:column`, as compilers write it; the file alone where there is no line. */
export function formatPlace({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

export function formatConfigurationProblem({ place, key, message }: ConfigurationProblem): string {
  return [formatPlace(place), key, message].filter((part) => part !== '').join(': ');
}
