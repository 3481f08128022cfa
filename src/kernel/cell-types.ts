import path from 'node:path';
import { type Cell, cellFileName, HEADER_LINES } from './cell';
import type { CompiledModules } from './compiled-modules.mjs';
import { runNativeCompiler } from './native-compiler';

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
    const files = new Map([...cells].map((cell) => [cellFileName(cell), cell.checkedText]));
    files.set('tsconfig.json', JSON.stringify(configuration(root, cells)));
    runNativeCompiler(project, files, (output, place) => {
      const byFile = new Map([...cells].map((cell) => [path.join(place, cellFileName(cell)), cell]));
      for (const [, written, line, column, code, text] of output.matchAll(PROBLEM)) {
        const file = path.resolve(root, written);
        const cell = byFile.get(file);
        const problem = {
          ...(cell ? {} : { file: path.relative(root, file).split(path.sep).join('/') }),
          line: Number(line) - (cell ? HEADER_LINES : 0),
          column: Number(column),
          message: text.replace(/\n\s*/g, ' '),
          code: Number(code),
        };
        const name = cell ? cell.id : file;
        this.problems.set(name, [...(this.problems.get(name) ?? []), problem]);
      }
      // Such as a package's types that are missing.
      const unplaced = /^error TS.*/m.exec(output);
      if (unplaced) throw new Error(unplaced[0]);
    });
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
