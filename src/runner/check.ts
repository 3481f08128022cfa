import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type ts from 'typescript';
import { InvalidExperimentError } from '../experiment/configuration-problem';
import { loadExperiment } from '../experiment/load';
import { planSweep } from '../experiment/sweep/plan';
import { isSweepPath } from '../experiment/sweep/sweep-file';
import type { Problem } from './check-problem';
import { codeCells, type NotebookDocument, type NotebookModule, notebookModule } from './notebook-module';
import { readSlurmSettings, SLURM_FILE } from './slurm/slurm-settings';

interface CheckOptions {
  /** The project folder: notebooks import `./src/…` from there. */
  root?: string;
}

/**
 * Checks notebooks as they should be committed: without outputs or execution counts, with a cell tagged `parameters`, and
 * with code cells that pass the project's strict type check together with the sources they import.
 *
 * The kernel compiles each cell against the cells above it and lets a name be declared twice; here the cells are one
 * module, so a second declaration is reported, and so is a name used above the cell that declares it.
 *
 * @param paths notebooks, relative to the project folder
 */
export async function checkNotebooks(paths: string[], { root = process.cwd() }: CheckOptions = {}): Promise<Problem[]> {
  const problems: Problem[] = [];
  const modules = new Map<string, { file: string; module: NotebookModule }>();
  for (const file of paths) {
    const notebook = readNotebook(path.resolve(root, file));
    if (typeof notebook === 'string') {
      problems.push({ file, message: notebook });
      continue;
    }
    problems.push(...checkForm(file, notebook));
    // A file that exists only in memory, in the folder that the kernel works in.
    modules.set(toPosix(path.resolve(root, `${file.replace(/[^\w.-]+/g, '__')}.ts`)), {
      file,
      module: notebookModule(notebook),
    });
  }
  if (modules.size > 0) problems.push(...(await checkTypes(modules, root)));
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
      if (!(error instanceof InvalidExperimentError)) throw error;
      return error.problems.map(({ place, key, message }) => ({
        ...place,
        message: key ? `${key}: ${message}` : message,
      }));
    }
  });
  // A mistake in a file that others extend is found once for each of them.
  return problems.filter((each, index) => problems.findIndex((other) => Bun.deepEquals(each, other)) === index);
}

/** @throws InvalidExperimentError for a wrong experiment or sweep */
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
function readNotebook(file: string): NotebookDocument | string {
  try {
    const notebook = JSON.parse(readFileSync(file, 'utf8')) as Partial<NotebookDocument>;
    if (notebook.nbformat !== 4 || !Array.isArray(notebook.cells)) return 'expected a notebook of format 4';
    return notebook as NotebookDocument;
  } catch (error) {
    return error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'no such file';
  }
}

function checkForm(file: string, notebook: NotebookDocument): Problem[] {
  const cells = codeCells(notebook);
  const problems = cells.flatMap((cell, index): Problem[] => {
    const left = [
      ...(cell.outputs?.length ? ['outputs'] : []),
      ...(typeof cell.execution_count === 'number' ? ['an execution count'] : []),
    ];
    return left.length > 0 ? [{ file, cell: index + 1, message: `holds ${left.join(' and ')}; clear them` }] : [];
  });
  if (!cells.some((cell) => cell.metadata?.tags?.includes('parameters'))) {
    problems.push({ file, message: 'no code cell is tagged `parameters`, so a runner cannot pass it an experiment' });
  }
  return problems;
}

async function checkTypes(
  notebooks: Map<string, { file: string; module: NotebookModule }>,
  root: string,
): Promise<Problem[]> {
  // Loaded here, since only this check needs the compiler.
  const { default: ts } = await import('typescript');
  const options = compilerOptions(ts, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.getCurrentDirectory = () => root;
  host.fileExists = (file) => notebooks.has(file) || fileExists(file);
  host.readFile = (file) => notebooks.get(file)?.module.text ?? readFile(file);

  const program = ts.createProgram([...notebooks.keys()], options, host);
  const toProblem = (diagnostic: ts.Diagnostic): Problem => {
    const message = `${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}${advice(diagnostic.code)}`;
    if (!diagnostic.file) return { file: 'tsconfig.json', message };
    const start = diagnostic.start ?? 0;
    const notebook = notebooks.get(diagnostic.file.fileName);
    if (notebook) return { file: notebook.file, ...notebook.module.cellAt(start), message };
    const { line, character } = diagnostic.file.getLineAndCharacterOfPosition(start);
    const file = toPosix(path.relative(root, diagnostic.file.fileName));
    return { file, line: line + 1, column: character + 1, message };
  };

  const problems = ts.getPreEmitDiagnostics(program).map(toProblem);
  for (const [fileName, { file, module }] of notebooks) {
    const source = program.getSourceFile(fileName)!;
    problems.push(...usedTooEarly(ts, program.getTypeChecker(), source, module).map((each) => ({ file, ...each })));
  }
  return problems;
}

/** The project's own options, without Bun's types: notebooks and what they reach run in Node. */
function compilerOptions(typescript: typeof ts, root: string): ts.CompilerOptions {
  const { config } = typescript.readConfigFile(path.join(root, 'tsconfig.json'), typescript.sys.readFile);
  const { options } = typescript.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    typescript.sys,
    root,
  );
  return {
    ...options,
    types: options.types?.filter((name) => name !== 'bun'),
    noEmit: true,
    // What a cell declares may be there for the reader.
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
}

/** Names that only a later cell declares: fine in one module, where functions and imports are hoisted, but not in a kernel. */
function usedTooEarly(
  typescript: typeof ts,
  checker: ts.TypeChecker,
  source: ts.SourceFile,
  module: NotebookModule,
): Omit<Problem, 'file'>[] {
  const problems: Omit<Problem, 'file'>[] = [];
  const visit = (node: ts.Node): void => {
    if (typescript.isIdentifier(node)) {
      const used = module.cellAt(node.getStart(source));
      const declarations = checker.getSymbolAtLocation(node)?.declarations ?? [];
      const cells = declarations.map((each) =>
        each.getSourceFile() === source ? module.cellAt(each.getStart(source)).cell : 0,
      );
      const first = Math.min(...cells);
      if (cells.length > 0 && first > used.cell) {
        problems.push({
          ...used,
          message: `'${node.text}' is used here but declared in cell [${first}], further down`,
        });
      }
    }
    typescript.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

/** A word on errors that come of cells being one module. */
function advice(code: number): string {
  const redeclared = code === 2451 || code === 2300 || code === 2393;
  return redeclared ? ' Tslab lets a later cell declare it again, readers do not: choose another name.' : '';
}

function toPosix(file: string): string {
  return file.split(path.sep).join('/');
}
