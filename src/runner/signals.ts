import { InterruptedError } from './errors';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns Ctrl-C and its kin, and the end of the sweep that started this process, into an abort whose reason is an `InterruptedError` with the exit code. A second Ctrl-C ends the
 * process at once; the server's guard then cleans up.
 */
export function abortOnSignals(): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const listeners = names.map((name) => {
    const listener = () => {
      const error = new InterruptedError(name);
      if (controller.signal.aborted) process.exit(error.exitCode);
      controller.abort(error);
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  // A sweep holds a channel to its runs; whichever way it ends, the channel closes.
  const onParentGone = () => controller.abort(new InterruptedError('SIGHUP'));
  process.on('disconnect', onParentGone);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const remove of listeners) remove();
      process.off('disconnect', onParentGone);
      if (process.connected) process.disconnect();
    },
  };
}

/** Runs an action with a signal that Ctrl-C and its kin abort. */
export async function withSignals<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, dispose } = abortOnSignals();
  try {
    return await action(signal);
  } finally {
    dispose();
  }
}
