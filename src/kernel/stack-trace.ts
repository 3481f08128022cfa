import { SourceMap } from 'node:module';
import path from 'node:path';
import { inspect } from 'node:util';
import { HEADER_LINES } from './cell';
import type { CompiledModules } from './compiled-modules.mjs';

/** An error as Jupyter's messages tell it. */
export interface ToldError {
  ename: string;
  evalue: string;
  traceback: string[];
}

const POSITION = /^(.*?)((?:file:\/\/|\/|cell \[)[^()]*?):(\d+):(\d+)(\)?)$/;

/** Tells where in the sources an error came from: `cell [3]` by its own lines, modules by those of their `.ts` files. */
export class StackTraces {
  private readonly cells = new Map<string, object | null>();
  private readonly maps = new Map<object, SourceMap>();

  constructor(private readonly modules: CompiledModules) {}

  /** From now on stacks are told by the sources, wherever they are printed. */
  install(): void {
    Error.prepareStackTrace = (error, frames) =>
      [headingOf(error), ...frames.map((frame) => `    at ${this.inSource(String(frame))}`)].join('\n');
  }

  /** @param name such as `cell [3]` */
  addCell(name: string, map: object | null): void {
    this.cells.set(name, map);
  }

  /** The error, its own causes included, with the frames of cells and of the project's sources alone. */
  tell(error: unknown): ToldError {
    if (!(error instanceof Error) && !isErrorLike(error)) {
      const evalue = typeof error === 'string' ? error : inspect(error);
      return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
    }
    const traceback = this.lines(error);
    let { cause } = error;
    for (let depth = 0; depth < 5 && isErrorLike(cause); depth++, cause = cause.cause)
      traceback.push(...this.lines(cause, 'caused by '));
    return { ename: error.name, evalue: error.message, traceback };
  }

  private lines(error: Error, before = ''): string[] {
    const heading = `${before}${error.name}: ${error.message}`;
    const frames = String(error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line));
    // What called the cell is the kernel.
    const outermost = frames.map(isCellFrame).lastIndexOf(true);
    const own = outermost < 0 ? frames : frames.slice(0, outermost + 1);
    return [heading, ...own.flatMap((line) => this.ownFrame(line) ?? [])];
  }

  /** The frame with its path relative to the project, if it is one of the project's or of a cell. */
  private ownFrame(line: string): string | undefined {
    if (isCellFrame(line)) return line;
    const { root } = this.modules;
    const file = POSITION.exec(line.trim())?.[2]?.replace(/^file:\/\//, '');
    if (!file?.startsWith(root + path.sep)) return undefined;
    const relative = path.relative(root, file);
    if (/(^|\/)node_modules\//.test(relative) || relative.startsWith(path.join('src', 'kernel'))) return undefined;
    return line.replace(file, relative).replace('file://', '');
  }

  /** A frame as V8 writes it, without `at`. */
  private inSource(frame: string): string {
    const [, before, file, line, column, after] = POSITION.exec(frame) ?? [];
    if (file === undefined) return frame;
    const map = this.mapOf(file);
    if (!map) return frame;
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalLine' in entry)) return frame;
    const header = this.cells.has(file) ? HEADER_LINES : 0;
    return `${before}${file}:${entry.originalLine + 1 - header}:${entry.originalColumn + 1}${after}`;
  }

  private mapOf(file: string): SourceMap | undefined {
    const payload = this.cells.get(file) ?? (file.endsWith('.ts') ? this.modules.loadedMap(file) : null);
    if (!payload) return undefined;
    let map = this.maps.get(payload);
    if (!map) {
      map = new SourceMap(payload as ConstructorParameters<typeof SourceMap>[0]);
      this.maps.set(payload, map);
    }
    return map;
  }
}

function isCellFrame(line: string): boolean {
  return /[ (]cell \[\d+\]:\d/.test(line);
}

function headingOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** Also an error of another realm. */
function isErrorLike(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
}
