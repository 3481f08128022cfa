import { compileNotebooks, type NotebookSources } from '../../kernel/compile-notebooks';
import { CompiledModules } from '../../kernel/compiled-modules.mjs';
import { PROJECT_ROOT } from '../../setup/project.mjs';

/**
 * Compiles notebooks, in a process of its own, while an action goes on; each kernel would need a compiler of its own. What
 * it does not get done the kernels do.
 *
 * @returns what the action gives, when both are done
 */
export async function compilingAhead<T>(
  notebooks: readonly NotebookSources[],
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const child = Bun.spawn([process.execPath, import.meta.path], {
    cwd: PROJECT_ROOT,
    stdin: new Blob([JSON.stringify(notebooks)]),
    stdout: 'ignore',
    stderr: 'ignore',
    signal,
  });
  try {
    const result = await action();
    await child.exited;
    return result;
  } finally {
    child.kill();
  }
}

if (import.meta.main) compileNotebooks(new CompiledModules(PROJECT_ROOT), await Bun.stdin.json());
