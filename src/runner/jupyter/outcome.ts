/** How a cell ended. All but `ok` and `error` leave no kernel. */
export type Outcome = { status: 'ok' } | Failure;

export interface ThrownError {
  status: 'error';
  errorText: string;
  /** As the kernel told it. */
  error?: { ename: string; evalue: string; traceback: string[] };
}

export type Failure = ThrownError | { status: 'died' | 'timeout' | 'interrupted'; errorText: string };

/** Milliseconds; a longer timer would go off at once. */
const longestTimer = 2 ** 31 - 1;

/** The first of: the work, the kernel's end, the time limit, the signal. */
export async function firstOf<T extends string>(
  work: Promise<T>,
  gone: Promise<string>,
  timeoutSeconds?: number,
  signal?: AbortSignal,
): Promise<T | Failure> {
  const cleanUp: (() => void)[] = [];
  const events = [work, gone.then((text) => ({ status: 'died', errorText: text }) as const)] as Promise<T | Failure>[];
  if (timeoutSeconds !== undefined) {
    events.push(
      new Promise((resolve) => {
        const text = `It did not finish within ${timeoutSeconds} s, and the kernel was stopped.`;
        const timer = setTimeout(
          () => resolve({ status: 'timeout', errorText: text }),
          Math.min(timeoutSeconds * 1000, longestTimer),
        );
        cleanUp.push(() => clearTimeout(timer));
      }),
    );
  }
  if (signal) {
    events.push(
      new Promise((resolve) => {
        const onAbort = () =>
          resolve({ status: 'interrupted', errorText: String(signal.reason?.message ?? signal.reason) });
        if (signal.aborted) onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
        cleanUp.push(() => signal.removeEventListener('abort', onAbort));
      }),
    );
  }
  try {
    return await Promise.race(events);
  } finally {
    for (const step of cleanUp) step();
  }
}
