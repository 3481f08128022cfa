import { afterAll, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { nodeVersionProblem } from '../../src/setup/node-version.mjs';
import {
  compilerProblem,
  diskProblem,
  findPython,
  npmProblem,
  platformProblem,
} from '../../src/setup/prerequisites.mjs';
import { setUp } from '../../src/setup/set-up.mjs';
import { freshClone, pathWith, removeFolders } from './fixtures';

afterAll(removeFolders);

test('Node: 20.19 is the oldest that will do', () => {
  expect(nodeVersionProblem('20.19.0')).toBeNull();
  expect(nodeVersionProblem('20.20.1')).toBeNull();
  expect(nodeVersionProblem('22.0.0')).toBeNull();
  expect(nodeVersionProblem('20.18.3')).toMatch(/^Missing: Node 20\.19\.0 or newer \(found 20\.18\.3\)\. Get it: /);
  expect(nodeVersionProblem('18.20.8')).toContain('found 18.20.8');
});

test('a PATH without g++ gives one line that names it and how to get it', () => {
  const problem = compilerProblem({ PATH: pathWith({}) });
  expect(problem).toMatch(/^Missing: g\+\+.*Get it: .*apt-get install g\+\+/);
  expect(problem).not.toContain('\n');
  expect(compilerProblem({ PATH: pathWith({ 'g++': '' }) })).toBeNull();
  expect(compilerProblem({ PATH: pathWith({ 'g++': '' }), CXX: 'clang++' })).toContain('clang++');
});

test('a PATH without npm gives a line', () => {
  expect(npmProblem({ PATH: pathWith({}) })).toContain('Missing: npm.');
  expect(npmProblem({ PATH: pathWith({ npm: '' }) })).toBeNull();
});

test('Python without venv is named with the package that brings it', () => {
  // Debian without python3-venv: prints its version, then fails on the import.
  const PATH = pathWith({ python3: 'echo 3.11.2; echo "No module named ensurepip" >&2; exit 1' });
  expect(findPython({ PATH })).toEqual({
    problem: 'Missing: the venv module of Python 3.11. Get it: sudo apt-get install python3.11-venv (Debian, Ubuntu).',
  });
});

test('Python too old, too new or not there', () => {
  const old = findPython({ PATH: pathWith({ python3: 'echo 3.9.18' }) });
  expect(old).toHaveProperty('problem', expect.stringContaining('Python 3.10 to 3.13 (found 3.9.18 at '));
  expect(findPython({ PATH: pathWith({ python3: 'echo 3.14.0' }) })).toHaveProperty('problem');
  expect(findPython({ PATH: pathWith({}) })).toHaveProperty('problem', expect.stringContaining('Missing: Python'));
});

test('the first Python that will do is taken, past those that will not', () => {
  const PATH = pathWith({
    python3: 'echo 3.9.18',
    'python3.13': 'echo "pyenv: command not found" >&2; exit 127',
    'python3.12': 'echo 3.12.1; exit 1',
    'python3.11': 'echo 3.11.7',
  });
  expect(findPython({ PATH })).toEqual({ python: path.join(PATH, 'python3.11'), version: '3.11.7' });
});

test('too little disk space', () => {
  expect(diskProblem(4.1, 4, '/somewhere')).toBeNull();
  expect(diskProblem(1.25, 4, '/somewhere')).toMatch(/4\.0 GB of disk space for \/somewhere \(found 1\.3 GB\)/);
});

test('only Linux on x86-64 with glibc', () => {
  expect(platformProblem({ platform: 'linux', arch: 'x64', musl: false })).toBeNull();
  expect(platformProblem({ platform: 'linux', arch: 'x64', musl: true })).toContain('musl');
  expect(platformProblem({ platform: 'darwin', arch: 'arm64', musl: false })).toContain('darwin on arm64');
});

test('a set-up with something missing stops before anything is run', async () => {
  const PATH = pathWith({ npm: 'touch "$HOME/npm-was-run"', python3: 'echo 3.11.2' });
  const project = freshClone({ PATH, HOME: PATH });
  await expect(setUp(project)).rejects.toThrow('Missing: g++');
  expect(existsSync(path.join(PATH, 'npm-was-run'))).toBe(false);
  expect(existsSync(path.join(project.root, 'node_modules'))).toBe(false);
  expect(existsSync(path.join(project.root, '.cache', 'setup', 'lock'))).toBe(false);
});
