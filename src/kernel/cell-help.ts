import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { replaceFile } from '../setup/replace-file.mjs';
import { type Cell, cellFileName, HEADER_LINES } from './cell';
import { cellOptions } from './cell-program';
import { type CompiledModules, hashOf } from './compiled-modules.mjs';
import { NativeServer } from './native-server';
import type { Completions } from './path-completion';

/** Lines and UTF-16 units, from 0. */
interface Position {
  line: number;
  character: number;
}

interface CompletionItem {
  label: string;
  sortText?: string;
  /** What of the text it replaces, where that is no name. */
  textEdit?: { range: { start: Position; end: Position }; newText: string };
}

export interface CellToRead {
  cell: Cell;
  /** Those that it may use. */
  others: Iterable<Cell>;
  /** The modules that any of them reaches. */
  imported: readonly string[];
}

/** Completions are of what a cell has, not of what it might import, and nothing is fetched from npm for them. */
const SETTINGS = {
  suggest: { autoImports: false },
  disableAutomaticTypeAcquisition: true,
  tsserver: { automaticTypeAcquisition: { enabled: false } },
};
/** Milliseconds without a question after which the language server is ended. */
const IDLE = 600_000;
/** The cell that is being written. */
const WRITTEN = 'written.ts';
/** The protocol's numbers for what has become of a file. */
const [CREATED, CHANGED, DELETED] = [1, 2, 3];

/** What an editor asks of cells and of all that they import: completions, explanations. */
export class CellHelp {
  private readonly place: string;
  private server: NativeServer | undefined;
  /** The documents that it was told of, by their names. */
  private readonly texts = new Map<string, string>();
  /** The contents of modules that it may have read. */
  private readonly hashes = new Map<string, string>();
  private versions = 0;

  /** @param folder of the notebook */
  constructor(
    private readonly modules: Pick<CompiledModules, 'root' | 'folder' | 'sourceHash'>,
    private readonly folder: string,
  ) {
    this.place = path.join(modules.folder, `help-${hashOf(folder)}`);
  }

  /** @param position in the cell, in UTF-16 units */
  async completions(read: CellToRead, position: number): Promise<Completions> {
    const server = await this.look(read);
    const { source } = read.cell.syntax;
    const found = await server.ask<{ items: CompletionItem[] } | null>('textDocument/completion', {
      textDocument: { uri: this.uriOf(WRITTEN) },
      position: positionOf(source, position),
    });
    const items = found?.items ?? [];
    const range = items.find(({ label, textEdit }) => textEdit?.newText === label)?.textEdit?.range;
    const start = range
      ? offsetOf(source, range.start)
      : position - /[\w$]*$/.exec(source.slice(0, position))![0].length;
    const end = range ? offsetOf(source, range.end) : position + /^[\w$]*/.exec(source.slice(position))![0].length;
    const begun = source.slice(start, position).toLowerCase();
    const matches = items
      .filter(({ label }) => label.toLowerCase().startsWith(begun))
      .sort((a, b) => compare(a.sortText ?? '', b.sortText ?? '') || compare(a.label, b.label))
      .map(({ label }) => label);
    return { start, end, matches };
  }

  /** What is known of the name at a position: its type and its docstring. */
  async explanation(read: CellToRead, position: number): Promise<string | undefined> {
    const server = await this.look(read);
    const at = (offset: number) =>
      server.ask<{ contents: { value: string } } | null>('textDocument/hover', {
        textDocument: { uri: this.uriOf(WRITTEN) },
        position: positionOf(read.cell.syntax.source, offset),
      });
    // The cursor stands behind the name as often as in it.
    const found = (await at(position)) ?? (position > 0 ? await at(position - 1) : null);
    return found?.contents.value;
  }

  stop(): void {
    this.server?.stop();
    this.server = undefined;
    this.texts.clear();
    this.hashes.clear();
  }

  private async look({ cell, others, imported }: CellToRead): Promise<NativeServer> {
    if (this.server?.hasEnded) this.stop();
    this.server ??= await this.start();
    this.tellModules(this.server, imported);
    const texts = new Map([...others].map((other) => [cellFileName(other), other.checkedText]));
    texts.set(WRITTEN, cell.checkedText);
    for (const name of [...this.texts.keys()].filter((name) => texts.get(name) !== this.texts.get(name))) {
      this.server.tell('textDocument/didClose', { textDocument: { uri: this.uriOf(name) } });
      this.texts.delete(name);
    }
    for (const [name, text] of texts) {
      if (this.texts.has(name)) continue;
      const textDocument = { uri: this.uriOf(name), languageId: 'typescript', version: ++this.versions, text };
      this.server.tell('textDocument/didOpen', { textDocument });
      this.texts.set(name, text);
    }
    return this.server;
  }

  private async start(): Promise<NativeServer> {
    const { root } = this.modules;
    mkdirSync(this.place, { recursive: true });
    const configuration = { ...cellOptions(root, [this.folder]), files: [WRITTEN] };
    replaceFile(path.join(this.place, 'tsconfig.json'), JSON.stringify(configuration), { flush: false });
    replaceFile(path.join(this.place, WRITTEN), '', { flush: false });
    const server = new NativeServer(root, ['--lsp', '--stdio'], IDLE, SETTINGS);
    const capabilities = {
      textDocument: { hover: { contentFormat: ['plaintext'] } },
      workspace: { configuration: true },
    };
    const initializationOptions = { disablePushDiagnostics: true };
    await server.ask('initialize', { processId: process.pid, rootUri: null, capabilities, initializationOptions });
    server.tell('initialized', {});
    return server;
  }

  /** It does not look by itself for what has become of files. */
  private tellModules(server: NativeServer, imported: readonly string[]): void {
    const changes = [...this.hashes.keys()]
      .filter((file) => !existsSync(file) && this.hashes.delete(file))
      .map((file) => ({ file, type: DELETED }));
    for (const file of imported) {
      const [before, hash] = [this.hashes.get(file), this.modules.sourceHash(file)];
      if (hash !== before) changes.push({ file, type: before === undefined ? CREATED : CHANGED });
      this.hashes.set(file, hash);
    }
    if (changes.length === 0) return;
    const told = changes.map(({ file, type }) => ({ uri: String(pathToFileURL(file)), type }));
    server.tell('workspace/didChangeWatchedFiles', { changes: told });
  }

  private uriOf(name: string): string {
    return String(pathToFileURL(path.join(this.place, name)));
  }
}

function positionOf(source: string, offset: number): Position {
  const lines = source.slice(0, offset).split('\n');
  return { line: lines.length - 1 + HEADER_LINES, character: lines.at(-1)!.length };
}

function offsetOf(source: string, { line, character }: Position): number {
  const above = source.split('\n').slice(0, line - HEADER_LINES);
  return above.reduce((length, each) => length + each.length + 1, 0) + character;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
