import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Cell, cellFileName, HEADER_LINES } from './cell';
import type { CompiledModules } from './compiled-modules.mjs';

/** Something that the compiler does not accept. Line and column count from 1, in the cell where there is no file. */
export interface CodeProblem {
  /** Relative to the project folder; without it, the cell. */
  file?: string;
  line: number;
  column: number;
  message: string;
  /** The compiler's number of the message. */
  code: number;
}

/** `src/top.ts(2,7): error TS2322: Type …`; lines that go on are indented. */
const PROBLEM = /^(.+?)\((\d+),(\d+)\): error TS(\d+): (.*(?:\n .*)*)/gm;

/** What TypeScript's native compiler says of cells of one notebook's folder, and of all that they import. */
export class CellTypes {
  private readonly problems = new Map<string, CodeProblem[]>();

  /**
   * @param cells with those that they use, which are looked at as well
   * @throws Error if the compiler does not come to its end
   */
  constructor(
    project: Pick<CompiledModules, 'root' | 'folder'>,
    private readonly cells: ReadonlySet<Cell>,
  ) {
    const { root } = project;
    mkdirSync(project.folder, { recursive: true });
    const place = mkdtempSync(path.join(project.folder, 'cells-'));
    try {
      const files = new Map([...cells].map((cell) => [path.join(place, cellFileName(cell)), cell]));
      for (const [file, { checkedText }] of files) writeFileSync(file, checkedText);
      writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify(configuration(root, cells)));
      for (const [, written, line, column, code, text] of compilerOutput(root, place).matchAll(PROBLEM)) {
        const file = path.resolve(root, written);
        const cell = files.get(file);
        const name = cell ? cell.id : file;
        const problem = {
          ...(cell ? {} : { file: path.relative(root, file).split(path.sep).join('/') }),
          line: Number(line) - (cell ? HEADER_LINES : 0),
          column: Number(column),
          message: text.replace(/\n\s*/g, ' '),
          code: Number(code),
        };
        this.problems.set(name, [...(this.problems.get(name) ?? []), problem]);
      }
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }

  knows(cell: Cell): boolean {
    return [...this.cells].some(({ id }) => id === cell.id);
  }

  ofCell(cell: Cell): CodeProblem[] {
    return this.problems.get(cell.id) ?? [];
  }

  /** @param file absolute */
  ofFile(file: string): CodeProblem[] {
    return this.problems.get(file) ?? [];
  }

  /** Mistakes of syntax in modules. */
  ofModuleSyntax(): CodeProblem[] {
    return this.ofSyntax().filter(({ file }) => file !== undefined);
  }

  /** Whether types were looked at: where there is one mistake of syntax, the compiler says nothing of them. */
  isWhole(): boolean {
    return this.ofSyntax().length === 0;
  }

  private ofSyntax(): CodeProblem[] {
    return [...this.problems.values()].flat().filter(({ code }) => code < 2000);
  }
}

/** The project's own options, without Bun's types: notebooks and what they reach run in Node. */
function configuration(root: string, cells: ReadonlySet<Cell>): object {
  const folders = new Set([...cells].map(({ folder }) => folder));
  return {
    extends: path.join(root, 'tsconfig.json'),
    compilerOptions: {
      types: ['node'],
      // What a cell declares may be there for the reader.
      noUnusedLocals: false,
      noUnusedParameters: false,
      // Where a relative import is looked for, one after the other.
      rootDirs: ['.', ...folders, root],
    },
    include: [],
    files: [...cells].map(cellFileName),
  };
}

/** @param place the folder with a `tsconfig.json` */
function compilerOutput(root: string, place: string): string {
  const compiler = path.join(path.dirname(nativePackage(root)), 'lib', 'tsc');
  // A second checker would take a third more processor time; another thread makes the JavaScript meanwhile.
  const run = spawnSync(compiler, ['-p', place, '--pretty', 'false', '--checkers', '1'], {
    cwd: root,
    // It holds 270 MB for a second; collecting garbage would keep 250 and take a quarter more processor time.
    env: { ...process.env, GOGC: 'off' },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const isDone = run.status === 0 || (run.stdout && run.stdout.search(PROBLEM) >= 0);
  if (run.error || !isDone)
    throw new Error(`${compiler} ended by ${run.error ?? run.signal ?? run.status}: ${run.stdout}${run.stderr}`);
  return run.stdout;
}

function nativePackage(root: string): string {
  const ofProject = createRequire(path.join(root, 'package.json'));
  const ofCompiler = createRequire(ofProject.resolve('typescript-native/package.json'));
  return ofCompiler.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`);
}
