import { AsyncLocalStorage } from 'node:async_hooks';

/** What an interrupted loop ends with. */
export class InterruptionError extends Error {
  constructor(message = 'stopped between two steps; what was saved before is kept') {
    super(message);
    this.name = 'Interrupted';
  }
}

// One for the process: a notebook that reloads this module still has the signal of the cell that runs.
const place = Symbol.for('roadseg.interruption');
const global = globalThis as { [place]?: AsyncLocalStorage<AbortSignal> };
global[place] ??= new AsyncLocalStorage<AbortSignal>();
const signals = global[place];

/** Runs an action whose loops, and those of all that it calls, end when the signal is aborted. */
export function interruptible<T>(signal: AbortSignal, action: () => T): T {
  return signals.run(signal, action);
}

/** The signal of the notebook cell that this is called from, however deep; undefined elsewhere. For `fetch` and the like. */
export function currentSignal(): AbortSignal | undefined {
  return signals.getStore();
}

/**
 * For loops, between two steps: timers, file reads and signals have their turn, and what was printed goes out.
 *
 * @throws InterruptionError when the person has asked to stop
 */
export async function nextStep(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  throwIfInterrupted();
}

/** @throws InterruptionError when the person has asked to stop */
export function throwIfInterrupted(): void {
  if (currentSignal()?.aborted) throw new InterruptionError();
}
