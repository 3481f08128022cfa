import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CompiledModules } from './compiled-modules.mjs';
import type { CompiledCell, OnCompiling } from './compiler';
import type { Completions } from './path-completion';
import type { CompilerAnswer, CompilerRequest } from './serve-compiler';

interface Waiting {
  resolve: (value: never) => void; // each method knows what it asked for
  reject: (error: Error) => void;
  onCompiling?: OnCompiling;
}

/** A request as its method writes it, before it has a number. */
type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The compiler in a thread of its own: see `Compiler` for what its methods do. */
export class CompilerThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;

  constructor({ root, notebookFolder }: Pick<CompiledModules, 'root' | 'notebookFolder'>) {
    this.worker = new Worker(path.join(root, 'src', 'kernel', 'compiler-worker.mjs'), {
      workerData: { root, notebookFolder },
      execArgv: [],
    });
    this.worker.unref();
    this.worker.on('message', (answer: CompilerAnswer) => this.receive(answer));
    this.worker.on('error', (error) => {
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    });
  }

  compile(source: string, onCompiling: OnCompiling): Promise<CompiledCell> {
    return this.ask({ method: 'compile', source }, onCompiling);
  }

  add(names: string[]): Promise<void> {
    return this.ask({ method: 'add', names });
  }

  complete(source: string, position: number): Promise<Completions> {
    return this.ask({ method: 'complete', source, position });
  }

  inspect(source: string, position: number): Promise<string | undefined> {
    return this.ask({ method: 'inspect', source, position });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private ask<T>(request: Unnumbered<CompilerRequest>, onCompiling?: OnCompiling): Promise<T> {
    const id = ++this.requests;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onCompiling });
      this.worker.postMessage({ ...request, id });
    });
  }

  private receive(answer: CompilerAnswer): void {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    if ('done' in answer) {
      waiting.onCompiling?.(answer.done, answer.modules);
      return;
    }
    this.waiting.delete(answer.id);
    if ('failure' in answer) waiting.reject(new Error(`The compiler failed: ${answer.failure}`));
    else waiting.resolve(answer.value as never);
  }
}
