import type { MessagePort } from 'node:worker_threads';
import { checkedFolder } from './cell-program';
import type { CompiledModules } from './compiled-modules.mjs';
import { Compiler } from './compiler';
import { pruneCache } from './prune-cache';

/** A request to the compiler's thread: one of its methods, and what to hand over. */
export type CompilerRequest =
  | { id: number; method: 'compile'; source: string }
  | { id: number; method: 'add'; names: string[] }
  | { id: number; method: 'complete' | 'inspect'; source: string; position: number };

export type CompilerAnswer =
  | { id: number; done: number; modules: number }
  | { id: number; value: unknown }
  | { id: number; failure: string };

/** Milliseconds after the start, when the first cell has been compiled. */
const PRUNE_AFTER = 20_000;

export function serveCompiler(port: MessagePort, modules: CompiledModules): void {
  const compiler = new Compiler(modules);
  setTimeout(() => [modules.folder, checkedFolder(modules)].forEach(pruneQuietly), PRUNE_AFTER).unref();
  const answer = (message: CompilerAnswer) => port.postMessage(message);
  const perform = (request: CompilerRequest): unknown => {
    switch (request.method) {
      case 'compile':
        return compiler.compile(request.source, (done, modules) => answer({ id: request.id, done, modules }));
      case 'add':
        return compiler.add(request.names);
      case 'complete':
        return compiler.complete(request.source, request.position);
      case 'inspect':
        return compiler.inspect(request.source, request.position);
    }
  };
  let last = Promise.resolve();
  port.on('message', (request: CompilerRequest) => {
    last = last.then(async () => {
      try {
        answer({ id: request.id, value: await perform(request) });
      } catch (error) {
        answer({ id: request.id, failure: (error as Error).stack ?? String(error) });
      }
    });
  });
}

/** Another kernel may do so at the same time, or nothing be there yet. */
function pruneQuietly(folder: string): void {
  try {
    pruneCache(folder);
  } catch {}
}
