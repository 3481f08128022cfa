import type { NotebookCell } from '../../src/runner/notebooks/notebook';

/** The code of a notebook, cell by cell. */
export function codeCells(text: string): string[] {
  const { cells } = JSON.parse(text) as { cells: NotebookCell[] };
  return cells.filter((cell) => cell.cell_type === 'code').map(({ source }) => [source].flat().join(''));
}
