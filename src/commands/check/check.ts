import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type ts from 'typescript';
import { InvalidConfigurationError } from '../../configuration/configuration-problem';
import { loadExperiment } from '../../experiment/load';
import { planSweep } from '../../experiment/sweep/plan';
import { isSweepPath } from '../../experiment/sweep/sweep-file';
import { type Cell, NotebookNames } from '../../kernel/cell';
import { cellSyntax } from '../../kernel/cell-syntax';
import { CellTypes, type CodeProblem } from '../../kernel/cell-types';
import { cellSource, codeCells, type NotebookDocument } from '../../runner/notebooks/notebook-document';
import { readSlurmSettings, SLURM_FILE } from '../../runner/slurm/slurm-settings';
import type { Problem } from './check-problem';
import { stagedContent } from './tracked-files';

interface CheckOptions {
  /** The project folder: notebooks import `./src/…` from there. */
  root?: string;
}

/**
 * Checks notebooks as they should be committed: without outputs or execution counts, with a cell tagged `parameters`, and
 * with code cells that the kernel accepts when they are run from the top, by its own compiler and options, together with
 * the sources they import. Beyond that a name may be declared once: the kernel lets a later cell declare it again, for who
 * tries things out; readers are confused.
 *
 * Outputs are those of what git would commit: who runs a notebook where it lies, and has it saved, has done nothing wrong.
 *
 * @param paths notebooks, relative to the project folder
 */
export async function checkNotebooks(paths: string[], { root = process.cwd() }: CheckOptions = {}): Promise<Problem[]> {
  const problems: Problem[] = [];
  const notebooks: { file: string; sources: string[] }[] = [];
  for (const file of paths) {
    const notebook = documentIn(path.resolve(root, file));
    if (typeof notebook === 'string') {
      problems.push({ file, message: notebook });
      continue;
    }
    problems.push(...checkForm(file, notebook, stagedContent(root, file)));
    notebooks.push({ file, sources: codeCells(notebook).map(cellSource) });
  }
  if (notebooks.length > 0) problems.push(...(await checkTypes(notebooks, root)));
  return problems;
}

/**
 * Loads every experiment, with all it extends and needs, and every run of every sweep, and looks for the notebooks named.
 *
 * @param paths YAML files, relative to the project folder
 */
export async function checkExperiments(
  paths: string[],
  { root = process.cwd() }: CheckOptions = {},
): Promise<Problem[]> {
  const problems = paths.flatMap((file): Problem[] => {
    try {
      return notebooksOf(file, root)
        .filter((notebook) => !existsSync(path.resolve(root, notebook)))
        .map((notebook) => ({ file, message: `notebooks: there is no ${notebook}` }));
    } catch (error) {
      if (!(error instanceof InvalidConfigurationError)) throw error;
      return error.problems.map(({ place, key, message }) => ({
        ...place,
        message: key ? `${key}: ${message}` : message,
      }));
    }
  });
  // A mistake in a file that others extend is found once for each of them.
  return problems.filter((each, index) => problems.findIndex((other) => Bun.deepEquals(each, other)) === index);
}

/** @throws InvalidConfigurationError for a wrong experiment or sweep */
function notebooksOf(file: string, root: string): string[] {
  if (file === SLURM_FILE) {
    readSlurmSettings(root);
    return [];
  }
  const loaded = isSweepPath(file)
    ? planSweep(file, { root }).runs.map((run) => run.loaded)
    : [loadExperiment(file, { root })];
  return [...new Set(loaded.flatMap(({ experiment }) => experiment.notebooks))];
}

/** The notebook, or what is wrong with the file. */
function documentIn(file: string): NotebookDocument | string {
  try {
    return documentOf(readFileSync(file, 'utf8')) ?? 'expected a notebook of format 4';
  } catch (error) {
    return error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'no such file';
  }
}

function documentOf(text: string): NotebookDocument | undefined {
  const notebook = JSON.parse(text) as Partial<NotebookDocument>;
  return notebook.nbformat === 4 && Array.isArray(notebook.cells) ? (notebook as NotebookDocument) : undefined;
}

function checkForm(file: string, notebook: NotebookDocument, staged: string | undefined): Problem[] {
  const committed = staged === undefined ? undefined : documentOf(staged);
  const problems = codeCells(committed ?? { nbformat: 4, cells: [] }).flatMap((cell, index): Problem[] => {
    const left = [
      ...(cell.outputs?.length ? ['outputs'] : []),
      ...(typeof cell.execution_count === 'number' ? ['an execution count'] : []),
    ];
    return left.length > 0
      ? [{ file, cell: index + 1, message: `is committed with ${left.join(' and ')}; clear them` }]
      : [];
  });
  if (!codeCells(notebook).some((cell) => cell.metadata?.tags?.includes('parameters'))) {
    problems.push({ file, message: 'no code cell is tagged `parameters`, so a runner cannot pass it an experiment' });
  }
  return problems;
}

async function checkTypes(notebooks: { file: string; sources: string[] }[], root: string): Promise<Problem[]> {
  // Loaded here, since only this check needs the compiler.
  const { default: ts } = await import('typescript');
  const placed = notebooks.map(({ file, sources }) => ({ file, ...placeCells(ts, file, sources) }));
  const types = new CellTypes(ts, root);
  types.setCells(placed.flatMap(({ cells }) => cells));

  const problems = placed.flatMap(({ file, cells, redeclared }) => [
    ...cells.flatMap((cell, index) =>
      types.problemsOfCell(cell).map((problem): Problem => {
        if (problem.file) return { ...problem, file: problem.file };
        return { file, cell: index + 1, ...placeOf(problem), message: withDeclaringCell(problem, cells, index) };
      }),
    ),
    ...redeclared,
  ]);
  for (const file of types.projectFiles())
    problems.push(...types.problemsOfFile(file).map((problem) => ({ ...placeOf(problem), file: problem.file! })));
  return problems;
}

/** The cells in their order, and those that declare what one before them has declared. */
function placeCells(typescript: typeof ts, file: string, sources: string[]): { cells: Cell[]; redeclared: Problem[] } {
  const names = new NotebookNames();
  const redeclared: Problem[] = [];
  const cells = sources.map((source, index) => {
    const cell = names.place(cellSyntax(typescript, source));
    for (const name of Object.keys(cell.syntax.declared)) {
      if (!names.cellOf(name)) continue;
      const message = `'${name}' is declared in a cell above. The kernel lets a later cell declare it again, readers do not: choose another name.`;
      redeclared.push({ file, cell: index + 1, message });
    }
    names.add(cell);
    return cell;
  });
  return { cells, redeclared };
}

function placeOf({ line, column, message }: CodeProblem): Pick<Problem, 'line' | 'column' | 'message'> {
  return { line, column, message };
}

/** TypeScript's "Cannot find name". */
const UNKNOWN_NAME = [2304, 2552];

/** Says of an unknown name where further down it is declared. */
function withDeclaringCell({ code, message }: CodeProblem, cells: Cell[], index: number): string {
  const name = UNKNOWN_NAME.includes(code) ? /'([^']+)'/.exec(message)?.[1] : undefined;
  const later = cells.findIndex(({ syntax }, other) => other > index && name !== undefined && name in syntax.declared);
  return later < 0 ? message : `'${name}' is used here but declared in cell [${later + 1}], further down`;
}
