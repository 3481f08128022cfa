/** The thread that compiles cells, so that the kernel hears an interrupt meanwhile, and can say how far it is. */

import { parentPort, workerData } from 'node:worker_threads';
import { CompiledModules, requireTypeScript } from './compiled-modules.mjs';

const modules = new CompiledModules(workerData.root, workerData.notebookFolder);
requireTypeScript(modules);
modules.require('./src/kernel/serve-compiler.ts').serveCompiler(parentPort, modules);
