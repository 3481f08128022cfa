export interface ForegroundOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Takes what the program writes to standard error, in place of the terminal. */
  onErrors?: (stream: ReadableStream<Uint8Array>) => Promise<void>;
}

/** Runs a program at this process's terminal and stays with it until it ends. @returns its exit code */
export async function inForeground(
  command: string[],
  { onErrors, ...options }: ForegroundOptions = {},
): Promise<number> {
  const program = Bun.spawn(command, { ...options, stdio: ['inherit', 'inherit', onErrors ? 'pipe' : 'inherit'] });
  const passedOn = program.stderr ? onErrors?.(program.stderr) : undefined;
  // The terminal's Ctrl-C reaches the program by itself; a signal to this process alone has to be passed on.
  const wait = () => {};
  const forward = (signal: NodeJS.Signals) => program.kill(signal);
  process.on('SIGINT', wait);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  try {
    const exitCode = await program.exited;
    await passedOn;
    return exitCode;
  } finally {
    process.off('SIGINT', wait);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, forward);
  }
}
