/**
 * The program behind the "TypeScript (roadseg)" kernel: starts tslab's kernel in this very process, so that the process
 * Jupyter started is the kernel and ending it ends the kernel.
 *
 * Jupyter runs it as `node src/runner/tslab-kernel.mjs --config-path <connection file>`.
 */

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { repairTslab } from './tslab-repairs.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const [configPath] = process.argv.slice(2).filter((argument) => argument !== '--config-path');
if (!configPath) {
  process.stderr.write('tslab-kernel: Jupyter starts this program, with --config-path <connection file>.\n');
  process.exit(2);
}

// tslab resolves and compiles imports from the working directory, so './src/…' works in a notebook wherever it lies.
const connectionFile = path.resolve(configPath);
process.chdir(root);

const require = createRequire(path.join(root, 'package.json'));
repairTslab(require);
process.argv = [process.execPath, require.resolve('tslab/bin/tslab'), 'kernel', '--config-path', connectionFile];
require(path.join(root, 'node_modules', 'tslab', 'dist', 'main.js')).main();
