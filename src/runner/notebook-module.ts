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

/** A notebook's code cells as one TypeScript module, with the way back from a position in it to the cell. */
export interface NotebookModule {
  text: string;
  /** The cell at an offset of `text`; cell and line count from 1. */
  cellAt(offset: number): { cell: number; line: number; column: number };
}

/** Makes a file a module, whose names are its own and which may await at the top. */
const HEADER = 'export {};\n';

/** Joins the code cells in their order, one line break between them. */
export function notebookModule(notebook: NotebookDocument): NotebookModule {
  const starts: number[] = [];
  let text = HEADER;
  for (const source of codeCells(notebook).map(cellSource)) {
    starts.push(text.length);
    text += `${source}\n`;
  }
  return {
    text,
    cellAt(offset) {
      const index = Math.max(starts.filter((start) => start <= offset).length - 1, 0);
      const before = text.slice(starts[index], offset).split('\n');
      return { cell: index + 1, line: before.length, column: before[before.length - 1].length + 1 };
    },
  };
}

export function codeCells(notebook: NotebookDocument): NotebookDocument['cells'] {
  return notebook.cells.filter((cell) => cell.cell_type === 'code');
}

function cellSource({ source }: NotebookDocument['cells'][number]): string {
  return Array.isArray(source) ? source.join('') : source;
}
