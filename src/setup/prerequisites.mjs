/**
 * What the machine must have before anything is downloaded. Each check gives one line that names what is missing and how to
 * get it, or null.
 */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import path from 'node:path';

const OLDEST_PYTHON = [3, 10];
// The TensorFlow wheel that requirements.txt names is built for no later one.
const NEWEST_PYTHON = [3, 13];
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | null} absolute path of the program, as a shell would find it
 */
export function findOnPath(name, env) {
  const folders = name.includes('/') ? [''] : (env.PATH ?? '').split(path.delimiter);
  for (const folder of folders) {
    const file = path.resolve(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // not in this folder
    }
  }
  return null;
}

/**
 * @param {{ platform: string, arch: string, musl: boolean }} machine
 * @returns {string | null}
 */
export function platformProblem({ platform, arch, musl }) {
  if (platform === 'linux' && arch === 'x64' && !musl) return null;
  return (
    `Missing: Linux on x86-64 with glibc (found ${platform} on ${arch}${musl ? ' with musl' : ''}): the TensorFlow wheel is ` +
    'built for nothing else. Get it: a Debian or Ubuntu container, virtual machine, WSL or server.'
  );
}

/** @param {NodeJS.ProcessEnv} env @returns {string | null} */
export function npmProblem(env) {
  if (findOnPath('npm', env)) return null;
  return 'Missing: npm. Get it: sudo apt-get install npm (Debian, Ubuntu), or Node from https://nodejs.org/en/download, which has it.';
}

/** The C++ compiler: `CXX` where set, else g++. @param {NodeJS.ProcessEnv} env */
export function compilerName(env) {
  return env.CXX || 'g++';
}

/** @param {NodeJS.ProcessEnv} env @returns {string | null} */
export function compilerProblem(env) {
  const name = compilerName(env);
  if (findOnPath(name, env)) return null;
  const how =
    name === 'g++'
      ? 'sudo apt-get install g++ (Debian, Ubuntu) or sudo dnf install gcc-c++ (Fedora, RHEL).'
      : 'set CXX to a C++17 compiler, or unset it to use g++.';
  return `Missing: ${name}, the C++ compiler. Get it: ${how}`;
}

/**
 * The first Python on PATH that is new enough and can make a virtual environment.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ python: string, version: string } | { problem: string }}
 */
export function findPython(env) {
  /** @type {string | null} */ let withoutVenv = null;
  /** @type {string | null} */ let unsuitable = null;
  // A line with the version, then a failure unless both modules are there (Debian ships Python without ensurepip).
  const probe = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); sys.stdout.flush(); import venv, ensurepip';
  for (const name of PYTHONS) {
    const python = findOnPath(name, env);
    if (!python) continue;
    const { status, stdout } = spawnSync(python, ['-c', probe], { env, encoding: 'utf8', timeout: 30_000 });
    const version = /^(\d+)\.(\d+)\.\d+/.exec(stdout ?? '');
    if (!version) continue; // a shim of a version manager without a Python behind it
    const [major, minor] = [Number(version[1]), Number(version[2])];
    const suits = major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1] && minor <= NEWEST_PYTHON[1];
    if (!suits) unsuitable ??= `${version[0]} at ${python}`;
    else if (status !== 0) withoutVenv ??= `${major}.${minor}`;
    else return { python, version: version[0] };
  }
  if (withoutVenv) {
    return {
      problem:
        `Missing: the venv module of Python ${withoutVenv}. ` +
        `Get it: sudo apt-get install python${withoutVenv}-venv (Debian, Ubuntu).`,
    };
  }
  const range = `Python ${OLDEST_PYTHON.join('.')} to ${NEWEST_PYTHON.join('.')}`;
  return {
    problem:
      `Missing: ${range}${unsuitable ? ` (found ${unsuitable})` : ''}. ` +
      'Get it: sudo apt-get install python3 python3-venv (Debian, Ubuntu), or https://www.python.org/downloads/.',
  };
}

/** @param {string} folder @returns {number} gigabytes free to an ordinary user */
export function freeGigabytes(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / 1e9;
}

/**
 * @param {number} free gigabytes
 * @param {number} needed gigabytes
 * @param {string} folder
 * @returns {string | null}
 */
export function diskProblem(free, needed, folder) {
  if (free >= needed) return null;
  return (
    `Missing: ${needed.toFixed(1)} GB of disk space for ${folder} (found ${free.toFixed(1)} GB). ` +
    'Get it: free some, or clone to a larger disk.'
  );
}

/** @returns {boolean} whether this is a Linux with musl instead of glibc */
function usesMusl() {
  if (process.platform !== 'linux' || !process.report) return false;
  Object.assign(process.report, { excludeNetwork: true }); // looking names up can take seconds
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return !header.glibcVersionRuntime;
}

/**
 * Everything that set-up needs.
 * @param {{ root: string, env: NodeJS.ProcessEnv }} project
 * @param {number} diskGigabytes
 * @returns {{ problems: string[], python: string }} `python` is '' when none was found
 */
export function checkPrerequisites({ root, env }, diskGigabytes) {
  const found = findPython(env);
  const problems = [
    platformProblem({ platform: process.platform, arch: process.arch, musl: usesMusl() }),
    npmProblem(env),
    'problem' in found ? found.problem : null,
    compilerProblem(env),
    diskProblem(freeGigabytes(root), diskGigabytes, root),
  ];
  return {
    problems: problems.filter((problem) => problem !== null),
    python: 'python' in found ? found.python : '',
  };
}
