import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidConfigurationError } from '../../configuration/configuration-problem';
import { loadExperiment } from '../../experiment/load';
import { planSweep } from '../../experiment/sweep/plan';
import { isSweepPath } from '../../experiment/sweep/sweep-file';
import type { CodeProblem } from '../../kernel/cell-program';
import { compileNotebooks } from '../../kernel/compile-notebooks';
import { CompiledModules } from '../../kernel/compiled-modules.mjs';
import { isCode, type Notebook, sourceOf } from '../../runner/notebooks/notebook';
import { readSlurmSettings, SLURM_FILE } from '../../runner/slurm/slurm-settings';

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
    notebooks.push({ file, sources: notebook.cells.filter(isCode).map(sourceOf) });
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
function documentIn(file: string): Notebook | string {
  try {
    return documentOf(readFileSync(file, 'utf8')) ?? 'expected a notebook of format 4';
  } catch (error) {
    return error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'no such file';
  }
}

function documentOf(text: string): Notebook | undefined {
  const notebook = JSON.parse(text) as Partial<Notebook>;
  return notebook.nbformat === 4 && Array.isArray(notebook.cells) ? (notebook as Notebook) : undefined;
}

function checkForm(file: string, notebook: Notebook, staged: string | undefined): Problem[] {
  const committed = staged === undefined ? undefined : documentOf(staged);
  const problems = (committed?.cells ?? []).filter(isCode).flatMap((cell, index): Problem[] => {
    const left = [
      ...(cell.outputs?.length ? ['outputs'] : []),
      ...(typeof cell.execution_count === 'number' ? ['an execution count'] : []),
    ];
    return left.length > 0
      ? [{ file, cell: index + 1, message: `is committed with ${left.join(' and ')}; clear them` }]
      : [];
  });
  if (!notebook.cells.filter(isCode).some((cell) => cell.metadata?.tags?.includes('parameters'))) {
    problems.push({ file, message: 'no code cell is tagged `parameters`, so a runner cannot pass it an experiment' });
  }
  return problems;
}

async function checkTypes(notebooks: { file: string; sources: string[] }[], root: string): Promise<Problem[]> {
  const compiled = await compileNotebooks(
    new CompiledModules(root),
    notebooks.map(({ file, sources }) => ({ folder: path.dirname(path.resolve(root, file)), sources })),
  );
  const problems = notebooks.flatMap(({ file }, place) => {
    const declaredIn = new Map<string, number>();
    const found: { cell: number; problem: CodeProblem }[] = [];
    const redeclared: Problem[] = [];
    for (const [index, { declared, problems }] of compiled[place].entries()) {
      found.push(...problems.map((problem) => ({ cell: index + 1, problem })));
      for (const name of declared) {
        const message = `'${name}' is declared in a cell above. The kernel lets a later cell declare it again, readers do not: choose another name.`;
        if (declaredIn.has(name)) redeclared.push({ file, cell: index + 1, message });
        declaredIn.set(name, index + 1);
      }
    }
    const told = found.map(({ cell, problem }): Problem => {
      const { file: module, line, column, message } = problem;
      if (module) return { file: module, line, column, message };
      return { file, cell, line, column, message: withDeclaringCell(problem, cell, declaredIn) };
    });
    return [...told, ...redeclared];
  });
  // A mistake in a module is found by each notebook that imports it.
  return problems.filter((each, index) => problems.findIndex((other) => Bun.deepEquals(each, other)) === index);
}

/** TypeScript's "Cannot find name". */
const UNKNOWN_NAME = [2304, 2552];

/** Says of an unknown name where further down it is declared. */
function withDeclaringCell({ code, message }: CodeProblem, cell: number, declaredIn: Map<string, number>): string {
  const name = UNKNOWN_NAME.includes(code) ? /'([^']+)'/.exec(message)?.[1] : undefined;
  const later = name === undefined ? 0 : (declaredIn.get(name) ?? 0);
  return later > cell ? `'${name}' is used here but declared in cell [${later}], further down` : message;
}

/** The files below some folders that git tracks, relative to the project folder; undefined where there is no git. */
export function trackedFiles(root: string, folders: string[]): string[] | undefined {
  return git(root, ['ls-files', '-z', '--', ...folders])
    ?.split('\0')
    .filter((file) => file !== '');
}

/** A file as the next commit will hold it; undefined where git does not track it. */
function stagedContent(root: string, file: string): string | undefined {
  return git(root, ['show', `:./${file}`]);
}

function git(root: string, args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : undefined;
}
