/** Given to the child, so that it does not start one in turn. */
const MARKER = 'ROADSEG_TENSORFLOW_ENVIRONMENT';

/**
 * Runs a command that needs TensorFlow in this very process. Under Bun what is assigned to `process.env` does not reach the
 * native library, so the command line runs once more with the variables set from the start.
 */
export async function inTensorFlowEnvironment(action: () => Promise<void>): Promise<void> {
  if (process.env[MARKER] === '1') return action();
  const { tensorFlowEnvironment } = await import('../tensorflow/environment');
  const child = Bun.spawn([process.execPath, ...process.argv.slice(1)], {
    env: { ...process.env, ...tensorFlowEnvironment, [MARKER]: '1' },
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  // The terminal's Ctrl-C reaches the child by itself; a signal to this process alone has to be passed on.
  const wait = () => {};
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', wait);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  try {
    process.exitCode = await child.exited;
  } finally {
    process.off('SIGINT', wait);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, forward);
  }
}
