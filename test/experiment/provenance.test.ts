import { afterAll, beforeAll, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beginPart, type Provenance, readProvenance, writeProvenance } from '../../src/experiment/provenance';
import { openRun } from '../../src/experiment/run-folder';
import { projectFolder, removeProjectFolders } from './project-folder';

afterAll(removeProjectFolders);

const facts = {
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
  const part = beginPart({ ...facts, root });
  expect(part.git).toBeNull();
  expect(part.versions).toEqual({
    roadseg: '0.3.0',
    runtime: `bun ${process.versions.bun}`,
    tfjs: null,
    tensorflow: '2.21.0',
  });
  expect(part.machine.cores).toBeGreaterThan(0);
  expect([part.startedAt, part.endedAt, part.firstEpoch]).toEqual(['2024-05-01T10:00:00.000Z', null, null]);
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
  expect(beginPart({ ...facts, root }).git).toBeNull(); // no commit yet
  git('commit', '--no-verify', '-m', 'first');
  const commit = git('rev-parse', 'HEAD');
  expect(beginPart({ ...facts, root }).git).toEqual({ commit, dirty: false });
  writeFileSync(path.join(root, 'package.json'), '{ "version": "2.0.0" }');
  expect(beginPart({ ...facts, root }).git).toEqual({ commit, dirty: true });

  // A folder inside someone else's checkout that is not part of it.
  const inside = path.join(root, 'results');
  execFileSync('mkdir', [inside]);
  expect(beginPart({ ...facts, root: inside }).git).toBeNull();
});

test('only variables known to matter are recorded, never the rest of the environment', () => {
  process.env.TF_ENABLE_ONEDNN_OPTS = '1';
  process.env.ROADSEG_TEST_TOKEN = 'secret-value';
  try {
    const part = beginPart(facts);
    expect(part.environment.TF_ENABLE_ONEDNN_OPTS).toBe('1');
    expect(JSON.stringify(part)).not.toContain('secret-value');
  } finally {
    delete process.env.ROADSEG_TEST_TOKEN;
  }
});

test('it is written into the run folder and read back; one of before parts were told apart is one part', () => {
  const root = projectFolder({ 'experiments/a.yaml': 'notebooks: [t.ipynb]\n' });
  const run = openRun('experiments/a.yaml', { root });
  expect(readProvenance(run.path())).toBeUndefined();
  const part = { ...beginPart({ ...facts, root }), firstEpoch: 1, lastEpoch: 2 };
  const weights = { source: 'vgg19-imagenet', sha256: 'ab' };
  const common = { seed: 7, dataFingerprint: 'synthetic-1' };
  const provenance: Provenance = { ...common, weights, continuedFrom: null, parts: [part, part] };
  writeProvenance(run, provenance);
  expect(readProvenance(run.path())).toEqual(provenance);

  const { firstEpoch: _, lastEpoch: __, ...flat } = part;
  run.writeJson('provenance.json', { ...common, ...flat, resumedAt: [] });
  const onePart = { ...part, firstEpoch: null, lastEpoch: null };
  expect(readProvenance(run.path())).toEqual({ ...common, weights: null, continuedFrom: null, parts: [onePart] });

  run.writeJson('provenance.json', { seed: 7 });
  expect(() => readProvenance(run.path())).toThrow('does not say how the run came about');
});
