import { expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findOnPath } from '../../src/setup/prerequisites.mjs';
import { PROJECT_ROOT } from '../../src/setup/project.mjs';

const node = findOnPath('node', process.env) ?? 'node';

test('in a checkout that is set up, set-up starts no program', () => {
  // With an empty PATH neither npm nor Python could be started; anything not in place would be reported as missing.
  const main = path.join(PROJECT_ROOT, 'src', 'setup', 'main.mjs');
  const { status, stdout, stderr } = spawnSync(node, [main], { env: { PATH: '' }, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe('set-up: in place.\n');
  expect(status).toBe(0);
  const packages = spawnSync(node, [main, '--packages'], { env: { PATH: '' }, encoding: 'utf8' });
  expect([packages.stderr, packages.stdout, packages.status]).toEqual(['', '', 0]);
});

test('node_modules/.bin/bun is the pinned Bun, not the placeholder', () => {
  const bun = path.join(PROJECT_ROOT, 'node_modules', '.bin', 'bun');
  const { stdout } = spawnSync(bun, ['--version'], { encoding: 'utf8' });
  const { devDependencies } = require(path.join(PROJECT_ROOT, 'package.json'));
  expect(stdout.trim()).toBe(devDependencies.bun);
});
