import { readFileSync } from 'node:fs';
import path from 'node:path';
import type ts from 'typescript';
import { type Cell, cellFileName } from './cell';
import { type CompiledModules, hashOf } from './compiled-modules.mjs';
import { compilerOptions } from './compiler-options';
import type { Completions } from './path-completion';

/** What an editor asks of cells and of all that they import: completions, explanations. */
export class CellHelp {
  private readonly cells = new Map<string, Cell>();
  private loadedService: ts.LanguageService | undefined;
  /** For one set of cells: a file may be there for the next that was not for this. */
  private resolutions: ts.ModuleResolutionCache | undefined;

  constructor(private readonly modules: Pick<CompiledModules, 'root' | 'typescript'>) {}

  private get root(): string {
    return this.modules.root;
  }

  /** Loaded when it is first asked for. */
  private get typescript(): typeof ts {
    return this.modules.typescript;
  }

  private get service(): ts.LanguageService {
    this.loadedService ??= this.typescript.createLanguageService(this.host());
    return this.loadedService;
  }

  /** The cells that there are; those it knew already cost nothing. */
  setCells(cells: Iterable<Cell>): void {
    this.cells.clear();
    this.resolutions?.clear();
    for (const cell of cells) this.cells.set(this.fileOf(cell), cell);
  }

  /** @param position in the cell, in UTF-16 units */
  completions(cell: Cell, position: number): Completions {
    const header = headerLength(cell);
    const found = this.service.getCompletionsAtPosition(this.fileOf(cell), header + position, {
      includeCompletionsForModuleExports: false,
    });
    const before = /[\w$]*$/.exec(cell.checkedText.slice(header, header + position))![0];
    const span =
      found?.optionalReplacementSpan ?? found?.entries.find((entry) => entry.replacementSpan)?.replacementSpan;
    const start = span ? span.start - header : position - before.length;
    const end = span ? start + span.length : position;
    const prefix = cell.checkedText.slice(header + start, header + position).toLowerCase();
    const matches = (found?.entries ?? [])
      .filter(({ name }) => name.toLowerCase().startsWith(prefix))
      .sort((a, b) => compare(a.sortText, b.sortText) || compare(a.name, b.name))
      .map(({ name }) => name);
    return { start, end, matches };
  }

  /** What is known of the name at a position: its type and its docstring. */
  explanation(cell: Cell, position: number): string | undefined {
    const header = headerLength(cell);
    const at = (offset: number) => this.service.getQuickInfoAtPosition(this.fileOf(cell), header + offset);
    // The cursor stands behind the name as often as in it.
    const info = at(position) ?? (position > 0 ? at(position - 1) : undefined);
    if (!info) return undefined;
    const text = (parts: ts.SymbolDisplayPart[] | undefined) => (parts ?? []).map((part) => part.text).join('');
    const tags = (info.tags ?? []).map((tag) => `@${tag.name} ${text(tag.text)}`);
    return [text(info.displayParts), text(info.documentation), ...tags].filter((part) => part !== '').join('\n');
  }

  private fileOf(cell: Cell): string {
    return path.join(this.root, cellFileName(cell)).split(path.sep).join('/');
  }

  private isForeign(file: string): boolean {
    const relative = path.relative(this.root, file);
    return relative.startsWith('..') || relative.split(path.sep).includes('node_modules');
  }

  private host(): ts.LanguageServiceHost {
    const { typescript, root, cells } = this;
    const options = compilerOptions(typescript, root);
    const { sys } = typescript;
    this.resolutions = typescript.createModuleResolutionCache(root, (file) => file, options);
    const resolve = (name: string, file: string): ts.ResolvedModuleWithFailedLookupLocations =>
      typescript.resolveModuleName(name, file, options, host, this.resolutions);
    const textOf = (file: string) => cells.get(file)?.checkedText ?? read(file);
    const host: ts.LanguageServiceHost = {
      getCompilationSettings: () => options,
      getCurrentDirectory: () => root,
      useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
      getDefaultLibFileName: (settings) => typescript.getDefaultLibFilePath(settings),
      getScriptFileNames: () => [...cells.keys()],
      // Packages stay as they are while a kernel lives.
      getScriptVersion: (file) => (!cells.has(file) && this.isForeign(file) ? '' : hashOf(textOf(file) ?? '')),
      getScriptSnapshot: (file) => {
        const text = textOf(file);
        return text === undefined ? undefined : typescript.ScriptSnapshot.fromString(text);
      },
      fileExists: (file) => cells.has(file) || sys.fileExists(file),
      readFile: textOf,
      readDirectory: sys.readDirectory,
      directoryExists: sys.directoryExists,
      getDirectories: sys.getDirectories,
      realpath: sys.realpath,
      resolveModuleNameLiterals: (names, file) =>
        names.map(({ text }) => {
          const folder = cells.get(file)?.folder ?? root;
          const beside = folder === root ? undefined : resolve(text, `${folder}/cell.ts`);
          return beside?.resolvedModule ? beside : resolve(text, file);
        }),
    };
    return host;
  }
}

function headerLength({ checkedText }: Cell): number {
  return checkedText.indexOf('\n') + 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
