import { afterAll, beforeAll, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { collectProvenance, writeProvenance } from '../../src/experiment/provenance';
import { openRun } from '../../src/experiment/run-folder';
import { projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const facts = {
  seed: 7,
  dataFingerprint: 'synthetic-1',
  device: 'CPU',
  tensorflowVersion: '2.21.0',
  startedAt: new Date('2024-05-01T10:00:00Z'),
};

// Git hooks set these, and they would point git at another repository.
const gitVariables = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE'];
const saved = gitVariables.map((name) => process.env[name]);
beforeAll(() => {
  for (const name of gitVariables) delete process.env[name];
});
afterAll(() => {
  gitVariables.forEach((name, index) => {
    if (saved[index] !== undefined) process.env[name] = saved[index];
  });
});

test('outside a git checkout there is no commit, and everything else is recorded', () => {
  const root = projectFolder({ 'package.json': '{ "version": "0.3.0" }' });
  const provenance = collectProvenance({ ...facts, root, endedAt: new Date('2024-05-01T11:00:00Z') });
  expect(provenance.git).toBeNull();
  expect(provenance.versions).toEqual({
    roadseg: '0.3.0',
    runtime: `bun ${process.versions.bun}`,
    tfjs: null,
    tensorflow: '2.21.0',
  });
  expect(provenance.machine.cores).toBeGreaterThan(0);
  expect([provenance.startedAt, provenance.endedAt]).toEqual(['2024-05-01T10:00:00.000Z', '2024-05-01T11:00:00.000Z']);
  expect(provenance.seed).toBe(7);
});

test('in a checkout the commit is recorded, and whether files differ from it', () => {
  const root = projectFolder({ 'package.json': '{}', '.gitignore': 'results/\n' });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  git('init');
  git('add', '.');
  expect(collectProvenance({ ...facts, root }).git).toBeNull(); // no commit yet
  git('commit', '--no-verify', '-m', 'first');
  const commit = git('rev-parse', 'HEAD');
  expect(collectProvenance({ ...facts, root }).git).toEqual({ commit, dirty: false });
  writeFileSync(path.join(root, 'package.json'), '{ "version": "2.0.0" }');
  expect(collectProvenance({ ...facts, root }).git).toEqual({ commit, dirty: true });

  // A folder inside someone else's checkout that is not part of it.
  const inside = path.join(root, 'results');
  execFileSync('mkdir', [inside]);
  expect(collectProvenance({ ...facts, root: inside }).git).toBeNull();
});

test('only variables known to matter are recorded, never the rest of the environment', () => {
  process.env.TF_ENABLE_ONEDNN_OPTS = '1';
  process.env.ROADSEG_TEST_TOKEN = 'secret-value';
  try {
    const provenance = collectProvenance(facts);
    expect(provenance.environment.TF_ENABLE_ONEDNN_OPTS).toBe('1');
    expect(JSON.stringify(provenance)).not.toContain('secret-value');
  } finally {
    delete process.env.ROADSEG_TEST_TOKEN;
  }
});

test('it is written into the run folder', () => {
  const root = projectFolder({ 'experiments/a.yaml': 'notebooks: [t.ipynb]\n' });
  const run = openRun('experiments/a.yaml', { root });
  const provenance = collectProvenance({ ...facts, root });
  writeProvenance(run, provenance);
  expect(run.readJson('provenance.json')).toEqual(JSON.parse(JSON.stringify(provenance)));
});
