import { statSync } from 'node:fs';
import path from 'node:path';
import { type CompiledModules, hashOf } from './compiled-modules.mjs';

const EXTENSIONS = ['', '.ts', '.mjs', '.js', '.json', '/index.ts'];

/** The project's own modules and what they import of each other. Packages are left out: the lock file speaks for them. */
export class ModuleGraph {
  private imports = new Map<string, string[]>();

  constructor(private readonly modules: CompiledModules) {}

  /** What was looked up before, was: files may have come, gone or changed. */
  lookAgain(): void {
    this.imports = new Map();
  }

  /**
   * The file of one's own that an import names, or undefined for a package, Node's own, or one that is not there.
   *
   * @param folders in which it is looked for, one after the other
   */
  resolve(folders: readonly string[], imported: string): string | undefined {
    if (!/^\.{0,2}\//.test(imported)) return undefined;
    const file = folders
      .flatMap((folder) => EXTENSIONS.map((extension) => path.resolve(folder, imported) + extension))
      .find(isFile);
    return file && this.isOwn(file) ? file : undefined;
  }

  /** Of the project, or of the notebook's folder. */
  isOwn(file: string): boolean {
    const { root, notebookFolder } = this.modules;
    return [root, notebookFolder].some((folder) => {
      const relative = path.relative(folder, file);
      return !relative.startsWith('..') && !relative.split(path.sep).includes('node_modules');
    });
  }

  /** The files that a module imports. */
  importsOf(file: string): string[] {
    let imports = this.imports.get(file);
    if (!imports) {
      const written = file.endsWith('.json') ? [] : this.modules.importsOf(file);
      imports = written.flatMap((imported) => this.resolve([path.dirname(file)], imported) ?? []);
      this.imports.set(file, imports);
    }
    return imports;
  }

  /** All that these files import, at whatever remove, and they themselves. */
  closure(files: Iterable<string>): Set<string> {
    const closure = new Set<string>(files);
    // A set hands out what is added to it while it is gone through.
    for (const file of closure) for (const imported of this.importsOf(file)) closure.add(imported);
    return closure;
  }

  /** One hash for the contents of files and where they lie. */
  contentHash(files: Iterable<string>): string {
    const { root } = this.modules;
    return hashOf(...[...files].sort().map((file) => `${path.relative(root, file)} ${this.modules.sourceHash(file)}`));
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
