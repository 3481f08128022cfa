import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { CompiledModules } from './compiled-modules.mjs';
import { ModuleGraph } from './module-graph';

/** The modules that this process has loaded, of which those whose file has changed are loaded again. */
export class LoadedModules {
  private readonly require: NodeJS.Require;
  private readonly graph: ModuleGraph;
  /** Contents when they were loaded. */
  private readonly hashes = new Map<string, string>();
  /** What cells have imported since the last change, as they wrote it. */
  private imported = new Map<string, unknown>();

  constructor(private readonly modules: CompiledModules) {
    this.require = createRequire(path.join(modules.root, 'notebook.js'));
    this.graph = new ModuleGraph(modules);
  }

  /** As `require`, from the notebook's folder or else from the project's. */
  load(name: string): unknown {
    if (!this.imported.has(name)) {
      const { root, notebookFolder } = this.modules;
      this.imported.set(name, this.require(this.graph.resolve([notebookFolder, root], name) ?? name));
      this.noteHashes();
    }
    return this.imported.get(name);
  }

  /** Forgets the modules that have changed on the disk, and all that import them. @returns how many */
  dropChanged(): number {
    const own = this.loadedFiles();
    const changed = own.filter((file) => this.hashes.has(file) && this.hashes.get(file) !== this.hashOnDisk(file));
    if (changed.length === 0) return 0;
    this.graph.lookAgain();
    const dropped = new Set(own.filter((file) => this.reaches(file, changed)));
    for (const file of dropped) {
      delete this.require.cache[file];
      this.hashes.delete(file);
    }
    // Or those who loaded them first would keep them in memory.
    for (const module of Object.values(this.require.cache))
      if (module) module.children = module.children.filter((child) => !dropped.has(child.filename));
    this.imported = new Map();
    return dropped.size;
  }

  private reaches(file: string, changed: string[]): boolean {
    const closure = existsSync(file) ? this.graph.closure([file]) : new Set([file]);
    return changed.some((each) => closure.has(each));
  }

  private noteHashes(): void {
    for (const file of this.loadedFiles())
      if (!this.hashes.has(file)) this.hashes.set(file, this.hashOnDisk(file) ?? '');
  }

  private loadedFiles(): string[] {
    return Object.keys(this.require.cache).filter((file) => this.graph.isOwn(file));
  }

  private hashOnDisk(file: string): string | undefined {
    return existsSync(file) ? this.modules.sourceHash(file) : undefined;
  }
}
