/**
 * The .venv: JupyterLab and the TensorFlow wheel, from requirements.txt. It is always made from nothing, because a .venv
 * that was moved, half-made or made for other versions is quicker replaced than mended; pip's cache keeps the downloads.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inCache, inProject, sitePackages } from './project.mjs';
import { digest, readStamp } from './stamp.mjs';

/** @typedef {import('./project.mjs').Project} Project */
/** @typedef {import('./stamp.mjs').Step} Step */

const PIP_FLAGS = ['--disable-pip-version-check', '--no-input'];

/** NVIDIA GPUs as `nvidia-smi -L` lists them. @param {NodeJS.ProcessEnv} env @returns {string[]} */
export function listGpus(env) {
  const { status, stdout } = spawnSync('nvidia-smi', ['-L'], { env, encoding: 'utf8', timeout: 30_000 });
  return status === 0 ? stdout.split('\n').filter((line) => /^GPU \d+:/.test(line)) : [];
}

/**
 * Which TensorFlow: ROADSEG_CUDA=1 or 0 decides; else the one chosen before, so that a checkout shared by machines with
 * and without a GPU is not rebuilt back and forth; else CUDA where a GPU is seen.
 * @param {Project} project
 * @returns {'cpu' | 'cuda'}
 */
export function tensorflowVariant(project) {
  if (project.env.ROADSEG_CUDA === '1') return 'cuda';
  if (project.env.ROADSEG_CUDA === '0') return 'cpu';
  const before = readStamp(project, 'python')?.TensorFlow;
  if (before === 'cpu' || before === 'cuda') return before;
  return listGpus(project.env).length > 0 ? 'cuda' : 'cpu';
}

/**
 * The requirements to install, with the tensorflow-cpu line replaced for CUDA.
 * @param {Project} project
 * @param {'cpu' | 'cuda'} variant
 */
export function requirements(project, variant) {
  const lines = readFileSync(inProject(project, 'requirements.txt'), 'utf8');
  if (variant === 'cpu') return lines;
  const cuda = readFileSync(inProject(project, 'requirements-cuda.txt'), 'utf8');
  return `${lines.replace(/^tensorflow-cpu==.*$/m, '')}\n${cuda}`;
}

/** @param {Project} project @returns {string} the version that requirements.txt pins */
export function tensorflowVersion(project) {
  const pinned = /^tensorflow(?:-cpu)?==(.+)$/m.exec(requirements(project, tensorflowVariant(project)));
  if (!pinned) throw new Error('requirements.txt pins no TensorFlow.');
  return pinned[1].trim();
}

/** @type {Step} */
export const pythonStep = {
  name: 'python',
  title: (project) =>
    `.venv with JupyterLab and TensorFlow ${tensorflowVersion(project)} (${tensorflowVariant(project)})`,
  diskGigabytes: (project) => (tensorflowVariant(project) === 'cuda' ? 12 : 2.5),
  remedy: 'Check the connection to the Python package index (proxy, certificates), then run `npm run setup` again.',

  inputs(project) {
    const variant = tensorflowVariant(project);
    return {
      TensorFlow: variant,
      'requirements.txt': digest(inProject(project, 'requirements.txt')),
      ...(variant === 'cuda' && { 'requirements-cuda.txt': digest(inProject(project, 'requirements-cuda.txt')) }),
      'path of the checkout': project.root, // is written into the .venv's programs
    };
  },

  outputs(project) {
    const packages = sitePackages(project) ?? inProject(project, '.venv', 'lib', 'python3');
    return [
      inProject(project, '.venv', 'bin', 'python'), // a link: gone when the Python behind it is
      inProject(project, '.venv', 'bin', 'jupyter-lab'),
      inProject(project, '.venv', 'bin', 'jupyter-server'),
      path.join(packages, 'tensorflow', 'libtensorflow_cc.so.2'),
      path.join(packages, 'tensorflow', 'libtensorflow_framework.so.2'),
    ];
  },

  clear(project) {
    rmSync(inProject(project, '.venv'), { recursive: true, force: true });
  },

  async run(project, { run, python }) {
    const variant = tensorflowVariant(project);
    const list = inCache(project, 'requirements.txt');
    mkdirSync(inCache(project), { recursive: true });
    writeFileSync(list, requirements(project, variant));
    // What would make the new interpreter look outside its own .venv, or pip install outside of it.
    const { PYTHONHOME: _home, PYTHONPATH: _path, PIP_TARGET: _target, PIP_PREFIX: _prefix, ...rest } = project.env;
    const env = { ...rest, PYTHONNOUSERSITE: '1', PIP_USER: '0' };

    this.clear(project);
    await run(python, ['-m', 'venv', inProject(project, '.venv')], { env });
    const own = inProject(project, '.venv', 'bin', 'python');
    // Only wheels, so nothing is compiled; byte code is left to the first import, as most of TensorFlow is never imported.
    const only = ['--no-deps', '--only-binary=:all:', '--no-compile'];
    await run(own, ['-m', 'pip', 'install', ...PIP_FLAGS, ...only, '-r', list], { env });
    await run(own, ['-c', 'import jupyterlab.labapp, jupyter_server.serverapp, nbconvert, ipykernel'], { env });
  },
};
