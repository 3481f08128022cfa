/**
 * What `breakOnSigint` of `node:vm` is made of: a count of who watches. While it is above zero, a thread of Node's takes each
 * SIGINT; it ends the script that runs so, or keeps the signal until somebody asks.
 */
interface SigintWatchdog {
  startSigintWatchdog(): void;
  /** @returns whether a signal was kept, which it no longer is */
  stopSigintWatchdog(): boolean;
  watchdogHasPendingSigint(): boolean;
}

/** Milliseconds within which an interrupt is noticed. */
const NOTICED_WITHIN = 50;

/**
 * Tells of each SIGINT that ends no script of `breakOnSigint`, for as long as the process lives.
 *
 * With a listener of `process.on`, Node takes that away before such a script and puts it back behind it, and a SIGINT between
 * the two ends the process. So the watch is never given up here, and asked instead. Where a cell listens by itself, it has
 * the signals to itself.
 */
export function watchInterrupts(interrupt: () => void): void {
  const { startSigintWatchdog, stopSigintWatchdog, watchdogHasPendingSigint } = (
    process as unknown as { binding(name: string): SigintWatchdog }
  ).binding('contextify');
  startSigintWatchdog();
  setInterval(() => {
    if (!watchdogHasPendingSigint()) return;
    startSigintWatchdog();
    if (stopSigintWatchdog()) interrupt();
  }, NOTICED_WITHIN).unref();
  // The last listener takes the handling of the signal with it.
  process.on('removeListener', (event) => {
    if (event !== 'SIGINT' || process.listenerCount('SIGINT') > 0) return;
    stopSigintWatchdog();
    startSigintWatchdog();
  });
}
