/**
 * Prints, as JSON, what TensorFlow says of itself. A program of its own because TensorFlow reads its environment when the
 * library is loaded; the doctor starts it with the environment it asks about.
 */

import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { PROJECT_ROOT } from './project.mjs';

// Node 23 dropped these; some tfjs-node operations still call them.
for (const [name, test] of Object.entries({
  isNullOrUndefined: (/** @type {unknown} */ value) => value === null || value === undefined,
  isArray: Array.isArray,
})) {
  if (!(name in util)) Object.assign(util, { [name]: test });
}

const fromProject = createRequire(path.join(PROJECT_ROOT, 'package.json'));
const tf = fromProject('@tensorflow/tfjs-node-gpu');
const product = tf.matMul([[3, 4]], [[5], [6]]).dataSync()[0];
const { binding } = /** @type {any} the Node backend's own, which no type declares */ (tf.backend());
console.log(
  JSON.stringify({
    backend: tf.getBackend(),
    version: binding.TF_Version,
    gpu: Boolean(binding.isUsingGpuDevice?.()),
    correct: product === 39,
  }),
);
