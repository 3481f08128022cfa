/**
 * The program behind the "TypeScript (roadseg)" kernel. The process that Jupyter starts is the kernel, so that ending it
 * ends the kernel.
 *
 * Jupyter runs it as `node src/kernel/main.mjs --config-path <connection file>`.
 */

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompiledModules, requireTypeScript } from './compiled-modules.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const [configPath] = process.argv.slice(2).filter((argument) => argument !== '--config-path');
if (!configPath) {
  process.stderr.write('kernel: Jupyter starts this program, with --config-path <connection file>.\n');
  process.exit(2);
}

// Jupyter starts a kernel in its notebook's folder. Imports of a cell are looked for there, then in the project folder, so
// './src/…' works in a notebook wherever it lies.
const connectionFile = path.resolve(configPath);
const notebookFolder = process.cwd();
process.chdir(root);

const modules = new CompiledModules(root, notebookFolder);
requireTypeScript(modules);
modules.require('./src/kernel/start.ts').startKernel(connectionFile, modules);
