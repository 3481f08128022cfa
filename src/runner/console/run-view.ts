/** How a cell ended: it went through, it failed, or someone stopped the run. */
export type CellEnd = 'passed' | 'failed' | 'interrupted';

/** What a run tells of what it does. */
interface RunEvents {
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

/** Where a run tells it; see `consoleView`. Who does not listen to an event leaves it out. */
export type RunView = Partial<RunEvents>;
