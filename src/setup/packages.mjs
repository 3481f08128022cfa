/**
 * Bun and the npm packages. Bun comes through npm at the version package.json names, and installs the rest from bun.lock
 * with no package's install script run.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { orElse } from './or-else.mjs';
import { inCache, inProject, readManifest } from './project.mjs';
import { SetupError } from './setup-error.mjs';
import { digest } from './stamp.mjs';

/** @typedef {import('./project.mjs').Project} Project */
/** @typedef {import('./stamp.mjs').Step} Step */

/** @param {Project} project */
function bunVersion(project) {
  return readManifest(project).devDependencies.bun;
}

/**
 * The Bun program among the packages under a folder. npm and Bun pick the `@oven/bun-<platform>` packages that fit the
 * machine; where several do (two C libraries, two generations of processors), the first that runs is taken.
 * @param {string} folder that holds node_modules
 * @param {string} version
 * @returns {string | null}
 */
function findBun(folder, version) {
  const platforms = path.join(folder, 'node_modules', '@oven');
  for (const name of orElse(() => readdirSync(platforms), []).sort()) {
    const program = path.join(platforms, name, 'bin', 'bun');
    const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (status === 0 && stdout.trim() === version) return program;
  }
  return null;
}

/**
 * Puts the program where the `bun` package's install script would: until then node_modules/.bin/bun is a placeholder that
 * only prints an error. That script is not used because it downloads what it does not find. A link and a rename, so that
 * Bun's cache, whose files node_modules shares, is never written to.
 * @param {Project} project
 * @param {string} program
 */
function placeBun(project, program) {
  for (const name of ['bun.exe', 'bunx.exe']) {
    const place = inProject(project, 'node_modules', 'bun', 'bin', name);
    rmSync(`${place}.new`, { force: true });
    try {
      linkSync(program, `${place}.new`);
    } catch {
      copyFileSync(program, `${place}.new`);
    }
    renameSync(`${place}.new`, place);
  }
}

/** @type {Step} */
export const packagesStep = {
  name: 'packages',
  title: (project) => `Bun ${bunVersion(project)} and the npm packages of bun.lock`,
  diskGigabytes: () => 1.5,
  remedy: 'Check the connection to the npm registry (proxy, certificates), then run `npm run setup` again.',

  inputs(project) {
    const { dependencies, devDependencies } = readManifest(project);
    return {
      'bun.lock': digest(inProject(project, 'bun.lock')),
      dependencies: JSON.stringify({ ...dependencies, ...devDependencies }),
    };
  },

  outputs(project) {
    const { dependencies, devDependencies } = readManifest(project);
    const names = Object.keys({ ...dependencies, ...devDependencies });
    return [
      ...names.map((name) => inProject(project, 'node_modules', name, 'package.json')),
      inProject(project, 'node_modules', '.bin', 'bun'),
    ];
  },

  clear(project) {
    rmSync(inProject(project, 'node_modules'), { recursive: true, force: true });
  },

  async run(project, { run }) {
    const version = bunVersion(project);
    const own = inCache(project, 'bun');
    let program = findBun(project.root, version);
    if (!program) {
      rmSync(own, { recursive: true, force: true });
      // Into a folder of its own: `npx bun@…` would pick up the placeholder in node_modules when there is one.
      const flags = [
        '--no-save',
        '--no-package-lock',
        '--ignore-scripts',
        '--include=optional',
        '--no-audit',
        '--no-fund',
      ];
      await run('npm', ['install', `bun@${version}`, '--prefix', own, ...flags], { cwd: inCache(project) });
      program = findBun(own, version);
      if (!program)
        throw new SetupError(`npm installed bun ${version}, but none of its programs runs on this machine.`);
    }
    await run(program, ['install', '--frozen-lockfile', '--ignore-scripts']);
    const installed = findBun(project.root, version);
    if (!installed) throw new SetupError(`No Bun ${version} in node_modules/@oven that runs on this machine.`);
    placeBun(project, installed);
    rmSync(own, { recursive: true, force: true });
  },
};
