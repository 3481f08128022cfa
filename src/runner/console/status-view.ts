import type { RunStatus } from '../runs/run-status';
import type { RunView } from './run-view';

/** Milliseconds between two reports of a cell's output. */
const interval = 1000;

/** Reports where a run is, at once for notebooks and cells, now and then for what a cell prints; and tells another view all. */
export function statusView(notebooks: string[], report: (status: RunStatus) => void, view: RunView): RunView {
  const status: RunStatus = { notebook: '', number: 0, notebooks: notebooks.length, cell: 0, cells: 0, text: '' };
  let reportedAt = 0;
  const change = (changes: Partial<RunStatus>, atOnce = true) => {
    Object.assign(status, changes);
    if (!atOnce && Date.now() - reportedAt < interval) return;
    reportedAt = Date.now();
    report(status);
  };
  return {
    ...view,
    notebookStarted(event) {
      const { notebook, cells } = event;
      change({ notebook, number: notebooks.indexOf(notebook) + 1, cell: 0, cells, text: '' });
      view.notebookStarted?.(event);
    },
    cellStarted(event) {
      change({ cell: event.cell, text: '' });
      view.cellStarted?.(event);
    },
    text(stream, text) {
      const line = text
        .split(/[\r\n]+/)
        .filter((each) => each.trim() !== '')
        .at(-1);
      if (line !== undefined) change({ text: line.trim().slice(0, 200) }, false);
      view.text?.(stream, text);
    },
  };
}
