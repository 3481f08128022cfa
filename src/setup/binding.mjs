/**
 * The binding between TensorFlow.js and TensorFlow's C library, compiled from the sources in the npm package against the
 * library in the Python wheel. The package's own way, to download a TensorFlow of 2022, is not used.
 */

import { mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { compilerName } from './prerequisites.mjs';
import { inProject, readManifest, sitePackages } from './project.mjs';
import { tensorflowVariant, tensorflowVersion } from './python.mjs';
import { SetupError } from './setup-error.mjs';

/** @typedef {import('./project.mjs').Project} Project */
/** @typedef {import('./stamp.mjs').Step} Step */

const PACKAGE = '@tensorflow/tfjs-node-gpu';
// Node-API is stable across Node versions (and Bun's), so one binding serves them all.
const NAPI_VERSION = '8';

/** @param {Project} project @returns {string} where the package looks for its binding */
function bindingFile(project) {
  return inProject(project, 'node_modules', PACKAGE, 'lib', `napi-v${NAPI_VERSION}`, 'tfjs_binding.node');
}

/** Loads the binding in a fresh Node and multiplies two matrices. @param {string} file */
function trial(file) {
  return `const addon = { exports: {} };
process.dlopen(addon, ${JSON.stringify(file)});
const { createTensor, executeOp, tensorDataSync, TF_FLOAT, TF_ATTR_TYPE, TF_ATTR_BOOL } = addon.exports;
const a = createTensor([1, 2], TF_FLOAT, new Float32Array([3, 4]));
const b = createTensor([2, 1], TF_FLOAT, new Float32Array([5, 6]));
const flags = ['transpose_a', 'transpose_b'].map((name) => ({ name, type: TF_ATTR_BOOL, value: false }));
const [product] = executeOp('MatMul', [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }, ...flags], [a, b], 1);
const [value] = tensorDataSync(product.id);
if (value !== 39) throw new Error('3 x 5 + 4 x 6 gave ' + value + ' instead of 39');`;
}

/** @type {Step} */
export const bindingStep = {
  name: 'binding',
  title: (project) => `TensorFlow.js binding, compiled against TensorFlow ${tensorflowVersion(project)}`,
  diskGigabytes: () => 0.01,
  remedy: 'See the compiler messages above; g++ 8 or newer is needed. Then run `npm run setup` again.',

  inputs(project) {
    const packages = sitePackages(project);
    return {
      compiler: compilerName(project.env),
      TensorFlow: `${tensorflowVersion(project)} (${tensorflowVariant(project)})`,
      'TensorFlow.js': readManifest(project).dependencies[PACKAGE],
      'path of the checkout': project.root,
      'site-packages': packages ? path.relative(project.root, packages) : '',
    };
  },

  outputs: (project) => [bindingFile(project)],

  clear(project) {
    rmSync(`${bindingFile(project)}.new`, { force: true });
  },

  async run(project, { run }) {
    const packages = sitePackages(project);
    if (!packages) throw new SetupError('The .venv has no site-packages.');
    const wheel = path.join(packages, 'tensorflow');
    const source = inProject(project, 'node_modules', PACKAGE);
    const file = bindingFile(project);
    mkdirSync(path.dirname(file), { recursive: true });
    const fromBinding = path.relative(realpathSync(path.dirname(file)), realpathSync(wheel));

    await run(compilerName(project.env), [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${NAPI_VERSION}`],
      ...['-I', inProject(project, 'node_modules', 'node-api-headers', 'include')],
      ...['-I', path.dirname(source), '-I', path.join(wheel, 'include')],
      path.join(source, 'binding', 'tfjs_backend.cc'),
      path.join(source, 'binding', 'tfjs_binding.cc'),
      ...['-L', wheel, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      ...['-Xlinker', '-rpath', '-Xlinker', `$ORIGIN/${fromBinding}`],
      ...['-o', `${file}.new`],
    ]);
    await run(process.execPath, ['-e', trial(`${file}.new`)]);
    renameSync(`${file}.new`, file);
  },
};
