import { stripVTControlCharacters } from 'node:util';
import { durationText, sizeText } from '../../human-units';
import { isTerminal, type Paint, paintFor, type Screen, type Verbosity, wantsColor } from './console-style';
import type { RunView } from './run-view';

export interface ConsoleOptions {
  out?: Screen;
  verbosity?: Verbosity;
  /** In a log, the least number of seconds between two progress lines. */
  progressInterval?: number;
  /** Seconds, from any moment on; for tests. */
  now?: () => number;
}

const indent = '      ';

/**
 * Shows a run on the console. On a terminal a progress line (one that ends in a carriage return) is overwritten in place;
 * in a log it is printed now and then, and the last one always.
 */
export function consoleView(options: ConsoleOptions = {}): RunView {
  const { out = process.stdout, verbosity = 'normal', progressInterval = 10 } = options;
  const { now = () => performance.now() / 1000 } = options;
  const style = paintFor(out);
  // A reader that went away, such as `head`, does not end the run.
  out.on?.('error', () => {});
  const print = (text: string) => void out.write(text);
  if (verbosity === 'quiet') return { warning: (text) => print(warningLine(style, text)) };
  const verbose = verbosity === 'verbose';
  const clean = wantsColor(out) ? (text: string) => text : stripVTControlCharacters;
  const lines = isTerminal(out)
    ? new TerminalLines(print, () => out.columns || 80)
    : new LogLines(print, progressInterval, now);

  return {
    notebookStarted({ job, notebook, cells }) {
      lines.end();
      print(`\n${style('bold', notebook)} ${style('dim', `${job}, ${cells} cells`)}\n`);
    },
    cellStarted({ cell, cells, source }) {
      print(`  ${style('dim', `[${cell}/${cells}]`)} ${summary(source)}\n`);
      if (verbose) print(`${style('dim', source.trimEnd().replace(/^/gm, `${indent}| `))}\n`);
    },
    text(_stream, text) {
      lines.write(clean(text));
    },
    display(data) {
      lines.end();
      const { 'text/plain': plain, ...rich } = data;
      const types = Object.entries(rich).map(([type, value]) => `[${type}, ${sizeText(size(value))}]`);
      lines.write(plain === undefined ? `${types.join(' ')}\n` : `${clean(String(plain).trimEnd())}\n`);
    },
    cellFinished({ seconds, end }) {
      lines.end();
      if (end !== 'passed') print(`${indent}${style('red', `${end} after ${durationText(seconds)}`)}\n`);
      else if (seconds >= 1 || verbose) print(`${indent}${style('dim', durationText(seconds))}\n`);
    },
    notebookFinished({ seconds, executedNotebook }) {
      print(`  ${style('dim', `${durationText(seconds)}, saved as ${executedNotebook}`)}\n`);
    },
    jobSkipped({ job, folder }) {
      print(`${job} has finished: ${folder} (--force runs its notebooks again, --fresh starts it again)\n`);
    },
    notebooksSkipped({ job, notebooks }) {
      print(`${job} goes on: ${notebooks.join(', ')} went through before\n`);
    },
    warning(text) {
      lines.end();
      print(warningLine(style, text));
    },
    detail(text) {
      if (verbose) print(`  ${style('dim', text)}\n`);
    },
  };
}

const warningLine = (style: Paint, text: string) => `  ${style('yellow', 'warning')}: ${text}\n`;

/** Lines, with their ends and without, and the beginning of one. */
function pieces(text: string): { piece: string; body: string }[] {
  const found = text.match(/[^\r\n]*(\r\n|\r|\n)|[^\r\n]+/g) ?? [];
  return found.map((piece) => ({ piece, body: piece.replace(/[\r\n]+$/, '') }));
}

/** Writes text indented, as it comes; a line that ends in a carriage return is overwritten by what follows. */
class TerminalLines {
  private atStart = true;
  private overwrite = false;

  constructor(
    private readonly print: (text: string) => void,
    private readonly columns: () => number,
  ) {}

  write(text: string): void {
    for (const { piece, body } of pieces(text)) {
      if (body !== '') {
        const lead = `${this.overwrite ? '\r\x1b[2K' : ''}${this.atStart || this.overwrite ? indent : ''}`;
        // A progress line that wraps could not be overwritten.
        const isProgress = piece.endsWith('\r');
        this.print(lead + (isProgress ? body.slice(0, this.columns() - indent.length - 1) : body));
        this.overwrite = false;
        this.atStart = false;
      }
      if (piece.endsWith('\n')) {
        this.print('\n');
        this.atStart = true;
        this.overwrite = false;
      } else if (piece.endsWith('\r')) {
        this.overwrite = true;
      }
    }
  }

  end(): void {
    if (!this.atStart) this.print('\n');
    this.atStart = true;
    this.overwrite = false;
  }
}

/** Writes whole lines, indented; of progress lines one every so often, and the last. */
class LogLines {
  private line = '';
  /** The progress line seen last, unless it was printed. */
  private held = '';
  private printedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly print: (text: string) => void,
    private readonly interval: number,
    private readonly now: () => number,
  ) {}

  write(text: string): void {
    for (const { piece, body } of pieces(text)) {
      if (piece.endsWith('\n')) {
        // "done\r" and then "\n" is the line "done".
        const line = this.line + body;
        const endsProgress = line === '' && this.held !== '';
        this.flushProgress();
        if (!endsProgress) this.emit(line);
        this.line = '';
      } else if (piece.endsWith('\r')) {
        this.held = this.line + body;
        this.line = '';
        if (this.now() - this.printedAt >= this.interval) this.flushProgress();
      } else {
        this.line += body;
      }
    }
  }

  end(): void {
    this.flushProgress();
    if (this.line !== '') this.emit(this.line);
    this.line = '';
    this.printedAt = Number.NEGATIVE_INFINITY;
  }

  private flushProgress(): void {
    if (this.held === '') return;
    this.emit(this.held);
    this.held = '';
    this.printedAt = this.now();
  }

  private emit(line: string): void {
    this.print(line === '' ? '\n' : `${indent}${line}\n`);
  }
}

/** The first line of a cell that says something, without the marks of a comment. */
function summary(source: string): string {
  const lines = source.split('\n').map((line) => line.trim());
  const first = (lines.find((line) => line !== '') ?? '').replace(/^\/\/\s*/, '');
  const more = lines.filter((line) => line !== '').length > 1 ? ' …' : '';
  return (first.length > 90 ? `${first.slice(0, 90)}` : first) + more;
}

/** Bytes of a piece of output as stored. */
function size(value: unknown): number {
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}
