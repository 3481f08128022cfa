import { styleText } from 'node:util';

/** Where text is printed: standard output, standard error, or what a test puts in their place. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  on?: NodeJS.WriteStream['on'];
}

/**
 * How much a command prints. `quiet`: what it is for, and what went wrong; `verbose`: also what the runner does on the way,
 * and the whole of each cell.
 */
export type Verbosity = 'quiet' | 'normal' | 'verbose';

export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** A terminal whose cursor can be moved. */
export function isTerminal(out: Pick<Screen, 'isTTY'>, environment = process.env): boolean {
  return out.isTTY === true && environment.TERM !== 'dumb';
}

/** Colours on a terminal and nowhere else; FORCE_COLOR (other than 0 or false) asks for them anywhere, NO_COLOR for none. */
export function wantsColor(out: Pick<Screen, 'isTTY'>, environment = process.env): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused } = environment;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return !refused && isTerminal(out, environment);
}

/** Colours text for a screen, or leaves it as it is. */
export function paintFor(out: Pick<Screen, 'isTTY'>): Paint {
  if (!wantsColor(out)) return (_format, text) => text;
  return (format, text) => styleText(format, text, { validateStream: false });
}
