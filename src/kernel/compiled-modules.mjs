/**
 * TypeScript modules for Node: each file becomes CommonJS, and what comes of it is kept in `.cache/kernel` by its content.
 * A file that has been compiled once is compiled in no later kernel, and the compiler is not even loaded.
 *
 * JavaScript, since it is what loads TypeScript.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import path from 'node:path';
import { replaceFile } from '../setup/replace-file.mjs';

/**
 * @typedef {object} CompiledModule
 * @property {string} code CommonJS
 * @property {import('node:module').SourceMapPayload | null} map
 * @property {string[]} imports what the source imports or requires, as it is written there
 */

/** Raised when what is kept would come out differently. */
const FORMAT = 1;

/** @param {(string | Buffer)[]} parts */
export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 32);
}

export class CompiledModules {
  /** @type {typeof import('typescript') | undefined} */
  #typescript;
  /** @type {Map<string, CompiledModule['map']>} */
  #loadedMaps = new Map();
  /** @type {Map<string, { stamp: string, source: string, hash: string, imports?: string[], compiled?: CompiledModule }>} */
  #known = new Map();

  /**
   * @param {string} root the project folder
   * @param {string} [notebookFolder] where the cells' relative imports are looked for first
   */
  constructor(root, notebookFolder = root) {
    this.root = root;
    this.notebookFolder = notebookFolder;
    this.folder = path.join(root, '.cache', 'kernel');
    this.require = createRequire(path.join(root, 'package.json'));
    /** @param {string} name of a package */
    const versionOf = (name) =>
      String(JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8')).version);
    this.compilerVersion = versionOf('typescript');
    /** Of both compilers: either makes what is kept. */
    this.compilerVersions = `${this.compilerVersion} ${versionOf('typescript-native')}`;
  }

  /** The compiler, loaded when it is first needed: that takes half a second. */
  get typescript() {
    this.#typescript ??= /** @type {typeof import('typescript')} */ (this.require('typescript'));
    return this.#typescript;
  }

  /** Whether a module's JavaScript lies ready. @param {string} file */
  isCompiled(file) {
    return this.#look(file).compiled !== undefined;
  }

  /**
   * Of the file as it is now.
   *
   * @param {string} file
   */
  sourceHash(file) {
    return this.#look(file).hash;
  }

  /**
   * What a module imports or requires, as it is written there, of the file as it is now; it need not be compiled for that.
   *
   * @param {string} file TypeScript or JavaScript
   */
  importsOf(file) {
    const known = this.#look(file);
    known.imports ??= known.compiled?.imports ?? this.#importsIn(known.source);
    return known.imports;
  }

  /**
   * A module's JavaScript and imports, of the file as it is now.
   *
   * @param {string} file TypeScript or JavaScript
   * @returns {CompiledModule}
   */
  compiled(file) {
    const known = this.#look(file);
    // Another thread may have compiled it meanwhile.
    known.compiled ??= this.#kept(known.hash, file);
    if (!known.compiled) {
      known.compiled = this.#compile(file, known.source);
      this.write('module', this.#key(known.hash, file), known.compiled);
    }
    return known.compiled;
  }

  /**
   * Makes the JavaScript of modules together, which takes a fraction of the time.
   *
   * @param {readonly string[]} files
   * @param {(modules: { name: string, source: string }[]) => Pick<CompiledModule, 'code' | 'map'>[]} transpile
   */
  compileTogether(files, transpile) {
    const waiting = files.filter((file) => file.endsWith('.ts') && !this.isCompiled(file));
    const made = transpile(waiting.map((file) => ({ name: path.basename(file), source: this.#look(file).source })));
    for (const [index, file] of waiting.entries()) {
      const known = this.#look(file);
      known.compiled = { imports: this.importsOf(file), ...made[index] };
      this.write('module', this.#key(known.hash, file), known.compiled);
    }
  }

  /**
   * The JavaScript to be run; errors are told by its map, also when the file has changed since.
   *
   * @param {string} file
   */
  codeToLoad(file) {
    const { code, map } = this.compiled(file);
    this.#loadedMaps.set(file, map);
    return code;
  }

  /** @param {string} file */
  loadedMap(file) {
    return this.#loadedMaps.get(file) ?? null;
  }

  /**
   * What is known of a file, by its state on the disk.
   *
   * @param {string} file
   */
  #look(file) {
    const { mtimeMs, ctimeMs, size, ino } = statSync(file);
    const stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
    let known = this.#known.get(file);
    if (known?.stamp !== stamp) {
      const source = readFileSync(file, 'utf8');
      const hash = hashOf(source);
      known = { stamp, source, hash, compiled: this.#kept(hash, file) };
      this.#known.set(file, known);
    }
    return known;
  }

  /**
   * JavaScript of a source that lies in no file, such as a cell.
   *
   * @param {string} source
   * @param {import('typescript').CustomTransformers} [transformers]
   */
  transpile(source, fileName = 'module.ts', transformers) {
    const ts = this.typescript;
    const { outputText, sourceMapText } = ts.transpileModule(source, {
      fileName,
      transformers,
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
        sourceMap: true,
      },
    });
    return {
      code: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'),
      map: /** @type {import('node:module').SourceMapPayload} */ (JSON.parse(sourceMapText ?? 'null')),
    };
  }

  /**
   * What was kept under a key, or undefined.
   *
   * @param {string} kind
   * @param {string} key
   * @returns {unknown}
   */
  read(kind, key) {
    try {
      return JSON.parse(readFileSync(path.join(this.folder, `${kind}-${key}.json`), 'utf8'));
    } catch {
      return undefined; // not there, or damaged: made again
    }
  }

  /**
   * @param {string} kind
   * @param {string} key
   * @param {unknown} value
   */
  write(kind, key, value) {
    try {
      mkdirSync(this.folder, { recursive: true });
      replaceFile(path.join(this.folder, `${kind}-${key}.json`), JSON.stringify(value), { flush: false });
    } catch {
      // What cannot be kept is made again.
    }
  }

  /**
   * @param {string} hash
   * @param {string} file
   */
  #kept(hash, file) {
    return /** @type {CompiledModule | undefined} */ (this.read('module', this.#key(hash, file)));
  }

  /**
   * @param {string} hash
   * @param {string} file
   */
  #key(hash, file) {
    return hashOf(`${FORMAT} ${this.compilerVersions} ${path.extname(file)}`, hash);
  }

  /**
   * @param {string} file
   * @param {string} source
   * @returns {CompiledModule}
   */
  #compile(file, source) {
    const result = file.endsWith('.ts') ? this.transpile(source, path.basename(file)) : { code: source, map: null };
    return { imports: this.#importsIn(source), ...result };
  }

  /** @param {string} source */
  #importsIn(source) {
    return this.typescript.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
  }
}

/**
 * Lets `require` load TypeScript in this process.
 *
 * @param {CompiledModules} modules
 */
export function requireTypeScript(modules) {
  const extensions = /** @type {Record<string, (module: any, file: string) => void>} */ (
    /** @type {any} */ (Module)._extensions // how Node lets a kind of file be loaded; its types leave it out
  );
  extensions['.ts'] = (module, file) => module._compile(modules.codeToLoad(file), file);
}
