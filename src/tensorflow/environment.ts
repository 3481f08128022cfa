/**
 * Settings that TensorFlow reads from the environment while its library loads, and a repair to Node that the binding
 * needs. Imported before the binding, by `tensorflow.ts` alone.
 *
 * Under Bun an assignment to `process.env` does not reach the C environment, so there the npm scripts set the same
 * variables before Bun starts; in the notebooks' kernel, which is Node, these lines suffice.
 */

const DEFAULTS = {
  /** Hides TensorFlow's start-up notes; warnings and errors still show. */
  TF_CPP_MIN_LOG_LEVEL: '2',
  /** TensorFlow leaves oneDNN off on machines without AVX-512, at half the speed. */
  TF_ENABLE_ONEDNN_OPTS: '1',
  /** Take GPU memory as it is needed instead of all at once. */
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
} as const;

/** What TensorFlow was told, defaults filled in where the person set nothing. */
export const tensorFlowEnvironment = Object.fromEntries(
  Object.entries(DEFAULTS).map(([name, value]) => {
    process.env[name] ??= value;
    return [name, process.env[name]];
  }),
) as Record<keyof typeof DEFAULTS, string>;

// tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. `require`, because an imported namespace is frozen.
const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
