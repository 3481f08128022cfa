/**
 * Settings that TensorFlow reads from the environment while its library loads, and a repair to Node that the binding
 * needs. The one place that knows them; imported before the binding.
 *
 * In the notebooks' kernel, which is Node, importing this suffices. Under Bun an assignment to `process.env` does not reach
 * the C environment, so there a program that needs TensorFlow is started with {@link tensorFlowEnvironment}.
 */

import { availableParallelism } from 'node:os';

const DEFAULTS = {
  /** Hides TensorFlow's start-up notes, all but the one on oneDNN; warnings and errors still show. */
  TF_CPP_MIN_LOG_LEVEL: '2',
  /** TensorFlow leaves oneDNN off on machines without AVX-512, at half the speed. */
  TF_ENABLE_ONEDNN_OPTS: '1',
  /** Take GPU memory as it is needed instead of all at once. */
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
} as const;

/** How many threads share one operation (TensorFlow's own, oneDNN's); all cores where they are not set. */
export const THREADS_WITHIN = ['TF_NUM_INTRAOP_THREADS', 'OMP_NUM_THREADS'] as const;

/** How many operations run at once; as many as there are cores where it is not set. */
const THREADS_BETWEEN = 'TF_NUM_INTEROP_THREADS';

/** All variables that decide how TensorFlow computes, for the record. */
export const TENSORFLOW_VARIABLES = [
  ...(Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]),
  ...THREADS_WITHIN,
  THREADS_BETWEEN,
  'TF_DETERMINISTIC_OPS',
  'TF_XLA_FLAGS',
  'CUDA_VISIBLE_DEVICES',
] as const;

/** What TensorFlow was told, defaults filled in where the person set nothing. */
export const tensorFlowEnvironment = Object.fromEntries(
  Object.entries(DEFAULTS).map(([name, value]) => {
    process.env[name] ??= value;
    return [name, process.env[name]];
  }),
) as Record<keyof typeof DEFAULTS, string>;

/** @returns the variables that limit TensorFlow to so many threads; what the person has set stays as it is */
export function threadLimit(threads: number): Record<string, string> {
  return Object.fromEntries(THREADS_WITHIN.filter((name) => !process.env[name]).map((name) => [name, String(threads)]));
}

/** TensorFlow takes all cores unless it is told. @returns the variables for runs that are made side by side */
export function sharedThreads(runs: number, cores = availableParallelism()): Record<string, string> {
  return runs <= 1 ? {} : threadLimit(Math.max(1, Math.floor(cores / runs)));
}

/** Threads within and between operations, each with the variable that says so; null where every core is used. */
export function threadSettings() {
  const setting = (names: readonly string[]) => {
    const from = names.find((name) => Number(process.env[name]) > 0);
    return from ? { count: Number(process.env[from]), from } : null;
  };
  return { within: setting(THREADS_WITHIN), between: setting([THREADS_BETWEEN]) };
}

// tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. `require`, because an imported namespace is frozen.
const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
