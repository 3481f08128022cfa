/** One thing wrong with a file of the project, before anything runs. */
export interface Problem {
  /** Relative to the project folder. */
  file: string;
  /** In a notebook: the code cell, numbered as JupyterLab does after a run from the top. */
  cell?: number;
  /** Counted from 1, in the cell where there is one. */
  line?: number;
  column?: number;
  message: string;
}

/** `notebooks/02-train.ipynb, cell [3], line 2: …` or `experiments/base.yaml:4:3: …`. */
export function formatProblem({ file, cell, line, column, message }: Problem): string {
  if (cell !== undefined) return `${file}, cell [${cell}]${line === undefined ? '' : `, line ${line}`}: ${message}`;
  return `${[file, line, column].filter((part) => part !== undefined).join(':')}: ${message}`;
}
