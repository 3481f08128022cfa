/**
 * Where things are in a checkout, and the environment that set-up's commands see.
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { orElse } from './or-else.mjs';

/**
 * @typedef {object} Project
 * @property {string} root absolute path of the checkout
 * @property {NodeJS.ProcessEnv} env
 */

/** The checkout that this file belongs to. */
export const PROJECT_ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * @param {Project} project
 * @param {string[]} parts
 */
export function inProject(project, ...parts) {
  return path.join(project.root, ...parts);
}

/** Stamps, logs and the lock of set-up. @param {Project} project @param {string[]} parts */
export function inCache(project, ...parts) {
  return inProject(project, '.cache', 'setup', ...parts);
}

/**
 * @param {Project} project
 * @returns {{ dependencies: Record<string, string>, devDependencies: Record<string, string> }}
 */
export function readManifest(project) {
  const manifest = JSON.parse(readFileSync(inProject(project, 'package.json'), 'utf8'));
  return { dependencies: manifest.dependencies ?? {}, devDependencies: manifest.devDependencies ?? {} };
}

/**
 * The folder that pip fills, `.venv/lib/python3.x/site-packages`.
 * @param {Project} project
 * @returns {string | null} null before the .venv is made
 */
export function sitePackages(project) {
  const lib = inProject(project, '.venv', 'lib');
  const version = orElse(() => readdirSync(lib), []).find((name) => /^python3\.\d+$/.test(name));
  return version ? path.join(lib, version, 'site-packages') : null;
}
