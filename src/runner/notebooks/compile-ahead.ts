import path from 'node:path';
import { compileNotebooks, type NotebookSources } from '../../kernel/compile-notebooks';
import { CompiledModules } from '../../kernel/compiled-modules.mjs';
import type { OnCompiling } from '../../kernel/compiler';
import { ModuleGraph } from '../../kernel/module-graph';
import { PROJECT_ROOT } from '../../setup/project.mjs';

/**
 * Compiles notebooks, in a process of its own, while an action goes on; each kernel would need a compiler of its own. What
 * it does not get done the kernels do.
 *
 * @returns what the action gives, when both are done
 */
export async function compilingAhead<T>(
  notebooks: readonly NotebookSources[],
  { signal, onCompiling }: { signal?: AbortSignal; onCompiling?: OnCompiling },
  action: () => Promise<T>,
): Promise<T> {
  const child = Bun.spawn([process.execPath, import.meta.path], {
    cwd: PROJECT_ROOT,
    stdin: new Blob([JSON.stringify(notebooks)]),
    stdout: 'pipe',
    stderr: 'ignore',
    signal,
  });
  try {
    const [result] = await Promise.all([action(), followCounts(child.stdout, onCompiling)]);
    await child.exited;
    return result;
  } finally {
    child.kill();
  }
}

/** Of the modules of one cell after the other, where it goes beyond those before. */
async function followCounts(stdout: ReadableStream<Uint8Array>, onCompiling?: OnCompiling): Promise<void> {
  let most = -1;
  const decoder = new TextDecoder();
  for await (const bytes of stdout)
    for (const [, done, modules] of decoder.decode(bytes).matchAll(/(\d+) (\d+)\n/g))
      if (Number(done) > most) {
        most = Number(done);
        onCompiling?.(most, Number(modules));
      }
}

/** What a kernel loads before its first cell. */
const KERNEL_PROGRAMS = ['start.ts', 'serve-compiler.ts'].map((file) => path.join(PROJECT_ROOT, 'src', 'kernel', file));

if (import.meta.main) {
  const modules = new CompiledModules(PROJECT_ROOT);
  new ModuleGraph(modules).closure(KERNEL_PROGRAMS);
  await compileNotebooks(modules, await Bun.stdin.json(), (done, modules) => {
    process.stdout.write(`${done} ${modules}\n`);
  });
}
