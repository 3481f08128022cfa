/** The parts of a notebook (nbformat 4) that a check reads. */
export interface NotebookDocument {
  nbformat: number;
  cells: {
    cell_type: string;
    source: string | string[];
    metadata?: { tags?: string[] };
    outputs?: unknown[];
    execution_count?: number | null;
  }[];
}

export function codeCells(notebook: NotebookDocument): NotebookDocument['cells'] {
  return notebook.cells.filter((cell) => cell.cell_type === 'code');
}

export function cellSource({ source }: NotebookDocument['cells'][number]): string {
  return Array.isArray(source) ? source.join('') : source;
}
