import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../setup/replace-file.mjs';
import { type Cell, cellFileName, HEADER_LINES } from './cell';
import { type CompiledModules, hashOf } from './compiled-modules.mjs';
import { NativeServer } from './native-server';

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

/** As the compiler's interface gives it. */
interface Diagnostic {
  fileName?: string;
  /** In UTF-16 units. */
  pos: number;
  text: string;
  code: number;
  messageChain?: Diagnostic[];
}

interface Snapshot {
  snapshot: number;
  projects: { id: string; configFileName: string }[];
}

/** Milliseconds without a look after which the compiler's process is ended. */
const IDLE = 120_000;

/**
 * Cells and all that they import, as TypeScript's native compiler sees them. It takes a tenth of the time of the one in
 * JavaScript. Its interface is called unstable, so its version is pinned, and nothing else here knows of it.
 */
export class CellProgram {
  private server: NativeServer | undefined;
  /** The configuration that is open in it. */
  private configuration: string | undefined;
  /** What is asked about. */
  private seen: { snapshot: number; project: string } | undefined;
  private readonly cells = new Map<string, Cell>();
  private files = new Set<string>();
  private readonly problems = new Map<string, Promise<CodeProblem[]>>();

  /** @param together cells that are looked at once, with the first that is asked for; files are taken not to change then */
  constructor(
    private readonly modules: Pick<CompiledModules, 'root' | 'folder'>,
    private readonly together?: () => Iterable<Cell>,
  ) {}

  /**
   * Looks at cells and at all that they import, as it is now.
   *
   * @param cells with those that they use
   * @throws Error for what is wrong with none of their files, such as a package's types that are missing
   */
  async look(cells: Iterable<Cell>): Promise<void> {
    if (this.server?.hasEnded) this.close();
    const wanted = [...cells];
    if (this.together && wanted.every((cell) => this.cells.has(this.fileOf(cell)))) return;
    this.cells.clear();
    this.problems.clear();
    for (const cell of [...wanted, ...(this.together?.() ?? [])]) this.cells.set(this.fileOf(cell), cell);
    mkdirSync(checkedFolder(this.modules), { recursive: true });
    for (const [file, { checkedText }] of this.cells) replaceFile(file, checkedText, { flush: false });
    const configuration = JSON.stringify(configurationOf(this.modules.root, this.cells.values()));
    const file = path.join(checkedFolder(this.modules), `${hashOf(configuration)}.json`);
    replaceFile(file, configuration, { flush: false });
    await this.open(file);
  }

  ofCell(cell: Cell): Promise<CodeProblem[]> {
    return this.ofFile(this.fileOf(cell));
  }

  /** What is wrong with a file: its types, where its syntax is right. @param file absolute */
  ofFile(file: string): Promise<CodeProblem[]> {
    let found = this.problems.get(file);
    if (!found) {
      found = this.findProblems(file);
      this.problems.set(file, found);
    }
    return found;
  }

  /** @param file absolute */
  async syntaxOf(file: string): Promise<CodeProblem[]> {
    return this.files.has(file) ? this.diagnostics('getSyntacticDiagnostics', file) : [];
  }

  /** Ends the compiler's process; a later look starts another. */
  close(): void {
    this.server?.stop();
    this.server = this.configuration = this.seen = undefined;
    this.cells.clear();
  }

  private async open(configuration: string): Promise<void> {
    const { root } = this.modules;
    if (!this.server) {
      this.server = new NativeServer(root, ['--api', '--async', '--cwd', root], IDLE);
      await this.server.ask('initialize', {});
    }
    const isOpen = configuration === this.configuration;
    const { snapshot, projects } = await this.server.ask<Snapshot>('updateSnapshot', {
      openProjects: isOpen ? [] : [configuration],
      closeProjects: isOpen || !this.configuration ? [] : [this.configuration],
      fileChanges: { invalidateAll: true },
    });
    if (this.seen) await this.server.ask('release', { snapshot: this.seen.snapshot });
    this.configuration = configuration;
    const project = projects.find(({ configFileName }) => configFileName === configuration)!.id;
    this.seen = { snapshot, project };
    this.files = new Set(await this.ask<string[]>('getSourceFileNames'));
    const general = [
      ...((await this.ask<Diagnostic[] | null>('getConfigFileParsingDiagnostics')) ?? []),
      ...((await this.ask<Diagnostic[] | null>('getProgramDiagnostics')) ?? []),
    ];
    const unplaced = general.find(({ fileName }) => fileName === undefined);
    if (unplaced) throw new Error(messageOf(unplaced));
  }

  private ask<T>(method: string, params: object = {}): Promise<T> {
    return this.server!.ask<T>(method, { ...this.seen, ...params });
  }

  private async findProblems(file: string): Promise<CodeProblem[]> {
    const syntax = await this.syntaxOf(file);
    if (syntax.length > 0 || !this.files.has(file)) return syntax;
    return this.diagnostics('getSemanticDiagnostics', file);
  }

  private async diagnostics(method: string, file: string): Promise<CodeProblem[]> {
    const found = await this.ask<Diagnostic[] | null>(method, { file });
    return (found ?? []).map((problem) => this.told(problem, file));
  }

  private told(problem: Diagnostic, file: string): CodeProblem {
    const cell = this.cells.get(file);
    const before = (cell?.checkedText ?? readFileSync(file, 'utf8')).slice(0, problem.pos).split('\n');
    return {
      ...(cell ? {} : { file: path.relative(this.modules.root, file).split(path.sep).join('/') }),
      line: before.length - (cell ? HEADER_LINES : 0),
      column: before.at(-1)!.length + 1,
      message: messageOf(problem),
      code: problem.code,
    };
  }

  private fileOf(cell: Cell): string {
    return path.join(checkedFolder(this.modules), cellFileName(cell));
  }
}

/** Where cells lie for the compiler, by their content. */
export function checkedFolder({ folder }: Pick<CompiledModules, 'folder'>): string {
  return path.join(folder, 'checked');
}

function messageOf({ text, messageChain = [] }: Diagnostic): string {
  return [text, ...messageChain.map(messageOf)].join(' ');
}

function configurationOf(root: string, cells: Iterable<Cell>): object {
  const all = [...cells];
  return { ...cellOptions(root, new Set(all.map(({ folder }) => folder))), files: all.map(cellFileName) };
}

/**
 * The project's own options, without Bun's types: notebooks and what they reach run in Node.
 *
 * @param folders of notebooks
 */
export function cellOptions(root: string, folders: Iterable<string>): object {
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
  };
}
