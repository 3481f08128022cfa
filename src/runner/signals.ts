import { InterruptedError } from './errors';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs an action with a signal that Ctrl-C and its kin abort, and the end of the sweep that started this process; its reason
 * is an `InterruptedError` with the exit code. A second Ctrl-C ends the process at once; the server's guard then cleans up.
 */
export async function withSignals<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const listeners = names.map((name) => () => {
    const error = new InterruptedError(name);
    if (controller.signal.aborted) process.exit(error.exitCode);
    controller.abort(error);
  });
  // A sweep holds a channel to its runs; whichever way it ends, the channel closes.
  const onParentGone = () => controller.abort(new InterruptedError('SIGHUP'));
  for (const [index, name] of names.entries()) process.on(name, listeners[index]);
  process.on('disconnect', onParentGone);
  try {
    return await action(controller.signal);
  } finally {
    for (const [index, name] of names.entries()) process.off(name, listeners[index]);
    process.off('disconnect', onParentGone);
    if (process.connected) process.disconnect();
  }
}
