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
  const { promise: ended, resolve } = Promise.withResolvers<Failure>();
  gone.then((errorText) => resolve({ status: 'died', errorText }));
  const timeUp = (seconds: number) => {
    resolve({ status: 'timeout', errorText: `It did not finish within ${seconds} s, and the kernel was stopped.` });
  };
  const timer = timeoutSeconds && setTimeout(timeUp, Math.min(timeoutSeconds * 1000, longestTimer), timeoutSeconds);
  const onAbort = () => {
    resolve({ status: 'interrupted', errorText: String(signal?.reason?.message ?? signal?.reason) });
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
