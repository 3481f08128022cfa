import { shownPath } from '../../files/project-path';
import { type CodeCell, isCode, type Notebook } from './notebook';
import type { Parameters } from './parameters';

/**
 * The metadata that papermill keeps in an executed notebook, so that its readers find what they know: for the notebook
 * `parameters`, `start_time`, `end_time`, `duration` (seconds), `exception`; for each cell `status` and the same times.
 * `exception` is null while all is well.
 */
export interface PapermillTimes {
  start_time: string | null;
  end_time: string | null;
  duration: number | null;
  exception: boolean | null;
}

type CellStatus = 'pending' | 'running' | 'completed' | 'failed';

const untimed: PapermillTimes = { start_time: null, end_time: null, duration: null, exception: null };

/** A copy with no outputs, every cell pending, and the clock of the notebook started. */
export function startNotebook(
  notebook: Notebook,
  about: { input: string; output: string; parameters: Parameters },
): Notebook {
  const copy = structuredClone(notebook);
  for (const cell of copy.cells) {
    cell.metadata.papermill = { ...untimed, status: 'pending' };
    if (!isCode(cell)) continue;
    cell.outputs = [];
    cell.execution_count = null;
    delete cell.metadata.execution;
  }
  copy.metadata.kernelspec ??= { name: 'tslab', display_name: 'TypeScript', language: 'typescript' };
  copy.metadata.papermill = {
    ...started(),
    input_path: shown(about.input),
    output_path: shown(about.output),
    parameters: about.parameters,
  };
  return copy;
}

export function finishNotebook(notebook: Notebook, failed: boolean): void {
  notebook.metadata.papermill = finished(notebook.metadata.papermill as PapermillTimes, failed);
}

export function startCell(cell: CodeCell): void {
  cell.metadata.papermill = { ...started(), status: 'running' satisfies CellStatus };
}

/** Also markdown, which is completed as soon as it is passed. */
export function finishCell(cell: Notebook['cells'][number], failed: boolean): void {
  const times = cell.metadata.papermill as PapermillTimes;
  const status: CellStatus = failed ? 'failed' : 'completed';
  cell.metadata.papermill = { ...finished(times.start_time ? times : started(), failed), status };
}

/** Seconds that a finished cell or notebook took. */
export function durationOf({ metadata }: { metadata: Record<string, unknown> }): number {
  return (metadata.papermill as PapermillTimes).duration ?? 0;
}

function started(): PapermillTimes {
  return { ...untimed, start_time: new Date().toISOString() };
}

function finished<T extends PapermillTimes>(times: T, failed: boolean): T {
  const end = new Date();
  const duration = (end.getTime() - Date.parse(times.start_time ?? end.toISOString())) / 1000;
  return { ...times, end_time: end.toISOString(), duration, exception: failed };
}

/** A saved notebook says nothing of the machine. */
export const shown = (file: string) => shownPath(file, process.cwd());
