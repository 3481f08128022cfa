import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import type { MimeBundle } from '../display';
import { InterruptionError, interruptible } from '../interruption';
import type { CodeProblem } from './cell-program';
import { CellDeclarations, emptyScope } from './cell-scope';
import type { CompiledModules } from './compiled-modules.mjs';
import { type CompiledCell, compilingText } from './compiler';
import { CompilerThread } from './compiler-thread';
import { bundleOf } from './display';
import { LoadedModules } from './loaded-modules';
import type { Completions } from './path-completion';
import { StackTraces, type ToldError } from './stack-trace';

/** Where a cell's outputs go. */
export interface CellOutput {
  stream(name: 'stdout' | 'stderr', text: string): void;
  display(data: unknown, update: boolean): void;
  /** The value of the cell's last expression. */
  result(bundle: MimeBundle): void;
  /** Takes back all that was shown. */
  clear(): void;
}

/** A cell under way, or one that has ended: its timers and callbacks may still print. */
class RunningCell {
  readonly interruption = new AbortController();
  /** Given up after an interrupt; what it still does is nobody's business. */
  abandoned = false;
  /** Something that the cell began has failed where nothing catches it. */
  fail: (error: unknown) => void = () => {};
  /** Rejects then. */
  readonly failed = new Promise<never>((_, reject) => {
    this.fail = reject;
  });

  constructor(readonly output: CellOutput) {
    this.failed.catch(() => {});
  }
}

/** Milliseconds that an interrupted cell has to come to its end by itself. */
const PATIENCE = 2000;
/** Milliseconds of compiling after which it is said how far it is, and between two such words. */
const QUIET = 700;
const PACE = 100;

const START = Symbol.for('roadseg.kernel.start');

/** Runs cells one after the other, and keeps what they leave. */
export class CellRunner {
  private readonly compiler: CompilerThread;
  private readonly loaded: LoadedModules;
  private readonly traces: StackTraces;
  private readonly names = emptyScope();
  private readonly cells = new AsyncLocalStorage<RunningCell>();
  /** The cell under way, or the last one. */
  private latest: RunningCell | undefined;
  private running = false;
  private readonly starter = new vm.Script(`globalThis[Symbol.for('${START.description}')]()`);

  constructor(modules: CompiledModules) {
    this.compiler = new CompilerThread(modules);
    this.loaded = new LoadedModules(modules);
    this.traces = new StackTraces(modules);
    this.traces.install();
  }

  /** @returns what went wrong, or undefined */
  async run(source: string, count: number, output: CellOutput): Promise<ToldError | undefined> {
    const cell = new RunningCell(output);
    this.latest = cell;
    this.running = true;
    try {
      return await this.cells.run(cell, () => this.runCell(source, `cell [${count}]`, cell));
    } finally {
      this.running = false;
    }
  }

  /** Asks the cell under way to stop. */
  interrupt(): void {
    if (this.running) this.latest?.interruption.abort(new InterruptionError());
  }

  /** An exception that nothing caught: it fails the cell that began it, while that runs. */
  uncaught(error: unknown): void {
    const cell = this.cells.getStore() ?? this.latest;
    if (!cell || cell.abandoned) return;
    if (this.running && cell === this.latest) cell.fail(error);
    else cell.output.stream('stderr', `${this.traces.tell(error).traceback.join('\n')}\n`);
  }

  /** Where what is printed now belongs: to the cell that began it. Undefined for a cell that was given up. */
  currentOutput(): CellOutput | undefined {
    const cell = this.cells.getStore() ?? this.latest;
    return cell?.abandoned ? undefined : cell?.output;
  }

  complete(source: string, position: number): Promise<Completions> {
    return this.compiler.complete(source, position);
  }

  inspect(source: string, position: number): Promise<string | undefined> {
    return this.compiler.inspect(source, position);
  }

  private async runCell(source: string, name: string, cell: RunningCell): Promise<ToldError | undefined> {
    const { signal } = cell.interruption;
    try {
      const compiled = await firstOf(this.compile(source, cell), aborted(signal));
      if (compiled.problems.length > 0) return toldProblems(compiled.problems, source);
      this.loaded.dropChanged();
      this.traces.addCell(name, compiled.map);
      await this.execute(compiled, name, cell);
      return undefined;
    } catch (error) {
      if (signal.aborted) return toldInterruption(error);
      return this.traces.tell(error);
    }
  }

  private async compile(source: string, cell: RunningCell): Promise<CompiledCell> {
    const { output, interruption } = cell;
    const began = performance.now();
    let known = '';
    let said = '';
    const telling = setInterval(() => {
      if (known === said || performance.now() - began < QUIET || interruption.signal.aborted) return;
      said = known;
      // What is said next is written over it.
      output.stream('stdout', `${said}\r`);
    }, PACE);
    try {
      return await this.compiler.compile(source, (done, modules) => {
        known = compilingText(done, modules);
      });
    } finally {
      clearInterval(telling);
      if (said && !interruption.signal.aborted) output.clear();
    }
  }

  private async execute({ code }: CompiledCell, name: string, cell: RunningCell): Promise<void> {
    const { signal } = cell.interruption;
    const script = `(async (exports, require, __notebook) => {${code}\n})`;
    const run = new vm.Script(script, { filename: name }).runInThisContext();
    const declarations = new CellDeclarations(this.names, this.loaded);
    const require = (module: string) => (module === '#notebook' ? this.names : this.loaded.load(module));
    const start = () => interruptible(signal, () => run(this.names, require, declarations.helpers));
    try {
      const ended = this.startInterruptibly(start).then(nextTurn);
      ended.catch(() => {});
      await firstOf(ended, cell.failed, givenUp(signal));
      // Errors first: what nothing caught is told a turn later.
      const { result } = declarations;
      if (result !== undefined && result !== null)
        cell.output.result(await firstOf(bundleOf(result), cell.failed, givenUp(signal)));
    } finally {
      cell.abandoned = signal.aborted;
      void this.compiler.add(declarations.end());
    }
  }

  /** Until its first `await` a cell can be interrupted anywhere. */
  private startInterruptibly(start: () => Promise<unknown>): Promise<unknown> {
    const place = globalThis as { [START]?: () => Promise<unknown> };
    place[START] = start;
    try {
      return this.starter.runInThisContext({ breakOnSigint: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error;
      this.interrupt();
      throw new InterruptionError();
    } finally {
      delete place[START];
    }
  }

  async stop(): Promise<void> {
    await this.compiler.stop();
  }
}

/** As Promise.race, which would keep what each promise holds for as long as the longest-lived of them. */
function firstOf<T>(...promises: Promise<T>[]): Promise<T> {
  return new Promise((resolve, reject) => {
    for (const promise of promises) promise.then(resolve, reject);
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Rejects a while after an interrupt. */
function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => setTimeout(() => reject(signal.reason), PATIENCE).unref(), { once: true });
  });
}

/** Node tells of a rejection that nothing handles between two turns of the event loop. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0));
}

function toldInterruption(error: unknown): ToldError {
  const evalue = error instanceof Error && error.name === 'Interrupted' ? error.message : 'stopped';
  return { ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
}

/** `2:7 - Type 'string' is not …`, and of the cell the line with the place marked. */
function toldProblems(problems: CodeProblem[], source: string): ToldError {
  const lines = source.split('\n');
  const texts = problems.map(({ file, line, column, message }) => {
    const place = file ? `${file}:${line}:${column}` : `${line}:${column}`;
    const shown = file ? undefined : lines[line - 1];
    return `${place} - ${message}${shown === undefined ? '' : `\n    ${shown}\n    ${' '.repeat(column - 1)}^`}`;
  });
  const { message, line, file } = problems[0];
  return { ename: 'TypeScriptError', evalue: `${file ?? 'line'} ${line}: ${message}`, traceback: texts };
}
