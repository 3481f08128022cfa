import { RunError } from '../errors';

/** How a shell learns what happened: 1 for a cell that failed, 138 for a dead kernel, 128 + n for signal n. */
export type ExitCode = 1 | 129 | 130 | 138 | 143;

/** A failure of the runner that says which exit code the command should end with. */
export class RunnerError extends RunError {
  constructor(
    problem: string,
    remedy: string,
    readonly exitCode: ExitCode = 1,
    options?: { cause?: unknown },
  ) {
    super(problem, remedy, options);
  }
}

export interface CellFailure {
  /** Path of the notebook as the person gave it. */
  notebook: string;
  /** The cell's number as JupyterLab shows it, `[3]`: code cells counted from 1 in the executed notebook. */
  cell: number;
  source: string;
  /** What the kernel printed about it, or what the runner found. */
  errorText: string;
  /** That in a line, such as `RangeError: no such scene`. */
  reason: string;
  /** Where the executed notebook was saved, outputs up to the failure included. */
  executedNotebook: string;
}

/** A cell failed; everything a reader needs is in the message: notebook, cell, source, error. */
export class CellError extends RunnerError {
  constructor(
    readonly failure: CellFailure,
    exitCode: ExitCode = 1,
  ) {
    super(
      `${failure.notebook}, cell [${failure.cell}] failed:\n\n${numberLines(failure.source)}\n\n${failure.errorText.trimEnd()}\n`,
      `The notebook with the outputs up to here is ${failure.executedNotebook}`,
      exitCode,
    );
  }

  /** What failed and why, in a line. */
  get headline(): string {
    const { notebook, cell, reason } = this.failure;
    return `${notebook}, cell [${cell}]: ${reason}`;
  }
}

/** The person, or a batch system, ended the run with a signal. */
export class InterruptedError extends RunnerError {
  constructor(
    readonly signalName: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
    remedy = 'The kernel is stopped and what ran so far is saved; run the same command again to resume from there.',
  ) {
    super(`Interrupted (${signalName})`, remedy, ({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const)[signalName]);
  }
}

/** Source with line numbers, since the kernel's diagnostics are "line:column - message". At most 30 lines. */
function numberLines(source: string): string {
  const lines = source.trimEnd().split('\n');
  const shown = lines.slice(0, 30).map((line, index) => `${String(index + 1).padStart(5)} | ${line}`);
  return lines.length > 30 ? [...shown, `      | … ${lines.length - 30} more lines`].join('\n') : shown.join('\n');
}
