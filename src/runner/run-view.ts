/** Where a run tells what it does; see `consoleView`. */
export interface RunView {
  /** `cells` counts the code cells. */
  notebookStarted(event: { job: string; notebook: string; cells: number }): void;
  cellStarted(event: { cell: number; cells: number; source: string }): void;
  text(stream: 'stdout' | 'stderr', text: string): void;
  /** Something richer than text was shown; data by MIME type. */
  display(data: Record<string, unknown>): void;
  cellFinished(event: { seconds: number; failed: boolean }): void;
  notebookFinished(event: { seconds: number; executedNotebook: string }): void;
}

/** Says nothing. */
export const silentView: RunView = {
  notebookStarted() {},
  cellStarted() {},
  text() {},
  display() {},
  cellFinished() {},
  notebookFinished() {},
};
