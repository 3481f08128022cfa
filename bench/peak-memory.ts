import { readFileSync } from 'node:fs';

/** The most memory that this process ever held. */
export function peakMemoryMiB(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
}
