import { type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { RunError } from '../errors';
import type { Verbosity } from '../runner/console/console-style';

export function verbosityOf(command: CommandUnknownOpts): Verbosity {
  const { quiet, verbose } = command.optsWithGlobals();
  return quiet ? 'quiet' : verbose ? 'verbose' : 'normal';
}

/** Gathers the values of an option that may be given more than once. */
export const collect = (value: string, previous: string[]): string[] => [...previous, value];

/** An option's value that is a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

/** An option's value that is a whole number above 0. */
export function whole(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('expected a whole number');
  return value;
}

/** What a command's help ends with: how it is called. */
export function example(...commands: string[]): string {
  const lines = commands.map((command) => `\n  bun run roadseg ${command}`);
  return `\n${lines.length > 1 ? 'Examples' : 'Example'}:${lines.join('')}`;
}

/** @throws RunError when an option is given that means nothing for the file */
export function refuse(file: string, options: Record<string, unknown>, remedy: string): void {
  const [name] = Object.entries(options).find(([, given]) => given) ?? [];
  if (name) throw new RunError(`--${name} means nothing for ${file}`, remedy);
}
