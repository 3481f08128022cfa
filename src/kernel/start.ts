import { NOTEBOOK_FOLDER_VARIABLE } from '../files/project-path';
import type { CompiledModules } from './compiled-modules.mjs';
import { leaveExitCode } from './exit-code';
import { watchInterrupts } from './interrupts';
import { serveKernel } from './jupyter';

/** Serves cells until Jupyter ends the process. */
export function startKernel(connectionFile: string, modules: CompiledModules): void {
  process.env[NOTEBOOK_FOLDER_VARIABLE] = modules.notebookFolder;
  const runner = serveKernel(connectionFile, modules);
  watchInterrupts(() => runner.interrupt());
  process.on('uncaughtException', (error) => runner.uncaught(error));
  process.on('unhandledRejection', (error) => runner.uncaught(error));
  leaveExitCode(connectionFile);
}
