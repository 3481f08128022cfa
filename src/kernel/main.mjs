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

// Imports of a cell are resolved from the working directory, so './src/…' works in a notebook wherever it lies.
const connectionFile = path.resolve(configPath);
process.chdir(root);

const modules = new CompiledModules(root);
requireTypeScript(modules);
modules.require('./src/kernel/start.ts').startKernel(connectionFile, modules);
