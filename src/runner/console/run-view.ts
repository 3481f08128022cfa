/** How a cell ended: it went through, it failed, or someone stopped the run. */
export type CellEnd = 'passed' | 'failed' | 'interrupted';

/** Where a run tells what it does; see `consoleView`. */
export interface RunView {
  /** `cells` counts the code cells. */
  notebookStarted(event: { job: string; notebook: string; cells: number }): void;
  cellStarted(event: { cell: number; cells: number; source: string }): void;
  text(stream: 'stdout' | 'stderr', text: string): void;
  /** Something richer than text was shown; data by MIME type. */
  display(data: Record<string, unknown>): void;
  cellFinished(event: { seconds: number; end: CellEnd }): void;
  notebookFinished(event: { seconds: number; executedNotebook: string }): void;
  /** The job, or the first notebooks of it, went through earlier and need not run again. */
  jobSkipped(event: { job: string; folder: string }): void;
  notebooksSkipped(event: { job: string; notebooks: string[] }): void;
  /** Something beside the notebooks went wrong, which does not end the run. */
  warning(text: string): void;
  /** What the runner does on the way, for a reader who wants to know. */
  detail(text: string): void;
}

/** Says nothing. */
export const silentView: RunView = {
  notebookStarted() {},
  cellStarted() {},
  text() {},
  display() {},
  cellFinished() {},
  notebookFinished() {},
  jobSkipped() {},
  notebooksSkipped() {},
  warning() {},
  detail() {},
};

/** Tells several views, one after the other. */
export function combinedView(...views: Partial<RunView>[]): RunView {
  const tell =
    <K extends keyof RunView>(event: K) =>
    (...args: Parameters<RunView[K]>) => {
      for (const view of views) (view[event] as ((...args: Parameters<RunView[K]>) => void) | undefined)?.(...args);
    };
  return {
    notebookStarted: tell('notebookStarted'),
    cellStarted: tell('cellStarted'),
    text: tell('text'),
    display: tell('display'),
    cellFinished: tell('cellFinished'),
    notebookFinished: tell('notebookFinished'),
    jobSkipped: tell('jobSkipped'),
    notebooksSkipped: tell('notebooksSkipped'),
    warning: tell('warning'),
    detail: tell('detail'),
  };
}
