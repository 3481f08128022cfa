import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileNotebooks } from '../../src/kernel/compile-notebooks';
import { CompiledModules } from '../../src/kernel/compiled-modules.mjs';
import { type CodeCell, type Notebook, sourceOf } from '../../src/runner/notebooks/notebook';
import { PROJECT_ROOT } from '../../src/setup/project.mjs';

/** A temporary folder and the notebooks that a test puts there. */
export class TemporaryNotebooks {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'runner-test-'));

  /** Writes a notebook of code cells; a source that starts with "// @parameters" is tagged so. Returns its path. */
  write(name: string, ...sources: string[]): string {
    const cells = sources.map((source, index) => ({
      cell_type: 'code',
      id: `cell-${index}`,
      metadata: source.startsWith('// @parameters') ? { tags: ['parameters'] } : {},
      execution_count: null,
      outputs: [],
      source,
    }));
    const file = path.join(this.folder, name);
    writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
    return file;
  }

  /** Compiles notebooks together, which several processes are to run at once: each would load a compiler for them. */
  async compile(...files: string[]): Promise<void> {
    const sourcesOf = (file: string) => this.read(path.basename(file)).cells.map(sourceOf);
    await compileNotebooks(
      new CompiledModules(PROJECT_ROOT),
      files.map((file) => ({ folder: this.folder, sources: sourcesOf(file) })),
    );
  }

  /** Has a notebook say which sections it reads. */
  reads(file: string, sections: string[]): void {
    const notebook = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...notebook, metadata: { roadseg: { reads: sections } } }));
  }

  /** A notebook that was written, by the test or by the runner. */
  read(...segments: string[]): { metadata: Notebook['metadata']; cells: CodeCell[] } {
    return JSON.parse(readFileSync(path.join(this.folder, ...segments), 'utf8'));
  }

  path(...segments: string[]): string {
    return path.join(this.folder, ...segments);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
