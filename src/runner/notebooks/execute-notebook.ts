import type { CellEnd, RunView } from '../console/run-view';
import { CellError, InterruptedError } from '../errors';
import type { Kernel } from '../jupyter/kernel';
import type { Failure, Outcome } from '../jupyter/outcome';
import { CellOutputs, type Displays } from '../jupyter/output';
import { type CodeCell, isCode, type Notebook, sourceOf, writeNotebook } from './notebook';
import { durationOf, finishCell, finishNotebook, shown, startCell, startNotebook } from './papermill';
import type { Parameters } from './parameters';

/** A notebook ready to run: read, checked, parameters injected. */
export interface PreparedNotebook {
  /** As the person gave it. */
  input: string;
  /** Where the executed notebook goes. */
  output: string;
  parameters: Parameters;
  notebook: Notebook;
}

export interface RunNotebookOptions {
  view: RunView;
  /** Seconds for each cell. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

/** The code cells of a notebook that are not empty. */
export function executedCells({ cells }: Notebook): CodeCell[] {
  return cells.filter(isCode).filter((cell) => sourceOf(cell).trim() !== '');
}

/** Milliseconds between two saves while a cell runs. */
const saveInterval = 2000;

/**
 * Executes the code cells one after the other and saves the notebook as it grows: at each cell's end, and every two
 * seconds while one prints.
 *
 * @returns seconds taken
 * @throws CellError at the first cell that fails (exit code 1, or 138 when the kernel is gone); what the signal was aborted
 *   with, if it was. The notebook is saved in either case.
 */
export async function runNotebook(
  kernel: Kernel,
  prepared: PreparedNotebook,
  options: RunNotebookOptions,
): Promise<number> {
  const { input, output, parameters } = prepared;
  const { view, signal } = options;
  const notebook = startNotebook(prepared.notebook, { input, output, parameters });
  const codeCells = executedCells(notebook);
  const displays: Displays = new Map();
  const collected = new Map<CodeCell, CellOutputs>();
  const save = () => {
    // An update may have changed what an earlier cell shows.
    for (const [cell, outputs] of collected) cell.outputs = outputs.toOutputs();
    writeNotebook(output, notebook);
  };

  let number = 0;
  let failure: Error | undefined;
  save();
  for (const cell of notebook.cells) {
    if (!isCode(cell) || !codeCells.includes(cell)) {
      finishCell(cell, false);
      continue;
    }
    cell.execution_count = ++number;
    const source = sourceOf(cell);
    const outputs = new CellOutputs(displays);
    collected.set(cell, outputs);
    startCell(cell);
    view.cellStarted?.({ cell: number, cells: codeCells.length, source });
    const saver = throttle(save, saveInterval);

    const outcome = await kernel.execute(source, {
      timeoutSeconds: options.timeoutSeconds,
      signal,
      onOutput: (message) => {
        outputs.receive(message);
        show(view, message);
        saver.soon();
      },
    });

    saver.cancel();
    const failed = outcome.status !== 'ok';
    cell.metadata.execution = outcome.timings;
    finishCell(cell, failed);
    if (outcome.status !== 'ok') {
      const { ename, evalue, traceback } = errorOutput(outcome);
      outputs.error(ename, evalue, traceback);
      failure = failureOf(outcome, signal, { notebook: input, cell: number, source, executedNotebook: shown(output) });
    }
    view.cellFinished?.({ seconds: durationOf(cell), end: cellEnd(outcome) });
    if (failure) break;
    save();
  }

  finishNotebook(notebook, failure !== undefined);
  save();
  if (failure) throw failure;
  return durationOf(notebook);
}

function cellEnd({ status }: Outcome): CellEnd {
  if (status === 'ok') return 'passed';
  return status === 'interrupted' ? 'interrupted' : 'failed';
}

/** What goes into the notebook as nbformat's `error`. */
function errorOutput(outcome: Failure): { ename: string; evalue: string; traceback: string[] } {
  const [evalue] = outcome.errorText.split('\n');
  if (outcome.status === 'error') return outcome.error ?? { ename: 'Error', evalue, traceback: [] };
  const names = { died: 'DeadKernelError', timeout: 'CellTimeoutError', interrupted: 'KeyboardInterrupt' };
  return { ename: names[outcome.status], evalue, traceback: [] };
}

function failureOf(
  outcome: Failure,
  signal: AbortSignal | undefined,
  where: { notebook: string; cell: number; source: string; executedNotebook: string },
): Error {
  if (outcome.status === 'interrupted') {
    return signal?.reason instanceof Error ? signal.reason : new InterruptedError('SIGINT');
  }
  const { ename, evalue } = errorOutput(outcome);
  const reason = `${ename}: ${evalue}`;
  return new CellError({ ...where, errorText: outcome.errorText, reason }, outcome.status === 'died' ? 138 : 1);
}

function show(view: RunView, { header, content: raw }: { header: { msg_type: string }; content: unknown }): void {
  const content = raw as { name: 'stdout' | 'stderr'; text: string; data: Record<string, unknown> };
  if (header.msg_type === 'stream') view.text?.(content.name, content.text);
  else if (header.msg_type === 'display_data' || header.msg_type === 'execute_result') view.display?.(content.data);
}

/** Calls `action` at most once in an interval (ms), at the interval's end. */
function throttle(action: () => void, interval: number): { soon(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        action();
      }, interval);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
