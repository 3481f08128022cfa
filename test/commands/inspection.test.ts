import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deletableRuns, deleteRun } from '../../src/commands/inspection/cleaning';
import { findRun, listRuns, runsOf, usedFolders } from '../../src/commands/inspection/find-runs';
import { openRun } from '../../src/experiment/run-folder';
import { takeFolder } from '../../src/files/folder-lock';
import { type RunRecord, writeRunRecord } from '../../src/runner/runs/run-record';
import { writeStatus } from '../../src/runner/runs/run-status';
import { messageOf, projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

const root = projectFolder({
  'experiments/base.yaml': 'notebooks: [t.ipynb]\n',
  'experiments/sweeps/seeds.yaml': 'experiment: experiments/base.yaml\nseeds: 3\n',
});
const folders: Record<string, string> = {};
const inRoot = (...parts: string[]) => path.join(root, ...parts);

/** A run with that seed; with a state, as the runner leaves it. */
function make(name: string, seed: number, state?: RunRecord['state']): void {
  const { folder } = openRun('experiments/base.yaml', { root, set: [`seed=${seed}`] });
  folders[name] = folder;
  const error = state === 'failed' ? 't.ipynb, cell [2] failed:\n\nRangeError: no\n' : undefined;
  const [started, ended] = ['2024-05-01T10:00:00.000Z', '2024-05-01T11:00:00.000Z'];
  if (state)
    writeRunRecord(inRoot(folder), {
      state,
      notebooks: [],
      total: 1,
      attempts: 2,
      started,
      resumed: started,
      ended,
      seconds: 65,
      error,
    });
}

let lock: ReturnType<typeof takeFolder>;
beforeAll(() => {
  make('finished', 1, 'finished');
  make('failed', 2, 'failed');
  make('waiting', 3);
  make('killed', 4, 'running');
  make('running', 5, 'running');
  make('by hand', 6);
  writeFileSync(inRoot(folders['by hand'], 'history.jsonl'), '');
  lock = takeFolder(inRoot(folders.running));
  writeStatus(inRoot(folders.running), {
    notebook: 't.ipynb',
    number: 1,
    notebooks: 1,
    cell: 2,
    cells: 3,
    text: '40 %',
  });
  const metrics = [{ metric: 'groups-8', meanIou: 0.5, pixelAccuracy: 0.75, meanClassAccuracy: 0.6, groups: [] }];
  const report = { setting: 'Streets, 3 scenes', models: [{ model: 'm', metrics }] };
  writeFileSync(inRoot(folders.finished, 'metrics.json'), JSON.stringify(report));
  const eleven = { ...report, models: [{ model: 'm', metrics: [{ ...metrics[0], metric: 'camvid-11' }] }] };
  writeFileSync(inRoot(folders['by hand'], 'metrics.json'), JSON.stringify(eleven));
});
afterAll(() => lock.release());

function roadseg(...args: string[]) {
  const command = [process.execPath, path.resolve('src/cli.ts'), ...args];
  const { stdout, stderr, exitCode } = Bun.spawnSync(command, { cwd: root, stdout: 'pipe', stderr: 'pipe' });
  return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
}

test('each run is listed with its state', () => {
  const states = Object.fromEntries(listRuns(root).map(({ folder, state }) => [folder, state]));
  expect(states).toEqual({
    [folders.finished]: 'finished',
    [folders.failed]: 'failed',
    [folders.waiting]: 'not started',
    [folders.killed]: 'interrupted',
    [folders.running]: 'running',
    [folders['by hand']]: 'by hand',
  });
});

describe('a run is found', () => {
  test('by folder, name, a part of it, or experiment', () => {
    const { name } = findRun(folders.failed, root);
    for (const wanted of [name, name.slice(-5), `${folders.failed}/`])
      expect(findRun(wanted, root).folder).toBe(folders.failed);
    expect(findRun('experiments/base.yaml', root).folder).toBe(folders.finished);
    const sweep = runsOf(['experiments/sweeps/seeds.yaml', folders.failed], root).map(({ folder }) => folder);
    expect(sweep).toEqual([folders.finished, folders.failed, folders.waiting]);
  });

  test('or not, and then what is like it is named', () => {
    expect(messageOf(() => findRun('base', root))).toContain('"base" may be any of 6 runs');
    const near = folders.failed.replace('results/', '').replace('base', 'bass');
    expect(messageOf(() => findRun(near, root))).toContain(`did you mean ${path.basename(folders.failed)}?`);
  });
});

describe('the commands', () => {
  test('list', () => {
    const { stdout } = roadseg('list');
    expect(stdout).toMatch(
      /^run +settings +state +changed +time +epochs +mean IoU \(groups-8\) +mean IoU \(camvid-11\)\n/,
    );
    expect(stdout).toMatch(/ seed=2 +failed /);
    expect(stdout).toMatch(/ finished .* 1 min 05 s +0\.500\s*\n/);
    const listed = JSON.parse(roadseg('list', '--json').stdout);
    expect(listed).toHaveLength(6);
    expect(listed.find((run: { state: string }) => run.state === 'running').status.text).toBe('40 %');
  });

  test('show', () => {
    expect(roadseg('show', folders.failed).stdout).toContain('RangeError: no');
    expect(roadseg('show', folders.running).stdout).toMatch(
      /held by +process \d+ on .*\nnow +t\.ipynb 1\/1, cell 2\/3 40 %/,
    );
    expect(JSON.parse(roadseg('show', folders.finished, '--json').stdout)).toMatchObject({
      state: 'finished',
      seconds: 65,
      setting: 'Streets, 3 scenes',
      scores: { 'mean IoU (groups-8)': 0.5 },
    });
    expect(roadseg('show', 'nothing').exitCode).toBe(1);
  });

  test('compare', () => {
    const both = [folders.finished, folders.failed];
    expect(roadseg('compare', ...both).stdout).toMatch(/^run +state +seed +epochs/);
    expect(roadseg('compare', ...both, '--csv').stdout.split('\n')[1]).toEndWith(',finished,1,0,0.5,0.75,0.6');
    expect(roadseg('compare', ...both, '--md').stdout).toMatch(/^\| run .*\n\| -+ \|/);
    expect(JSON.parse(roadseg('compare', ...both, '--json').stdout).differences).toEqual([
      { key: 'seed', values: [1, 2] },
    ]);
    expect(roadseg('compare', ...both, '--csv', '--json').stderr).toContain('cannot be used with');
  });
});

describe('cleaning up', () => {
  const deletable = (options = {}) => deletableRuns(listRuns(root), options).map(({ folder }) => folder);

  test('is about what came to nothing; about what is no longer made only when asked', () => {
    expect(new Set(deletable())).toEqual(new Set([folders.failed, folders.waiting, folders.killed]));
    // Seeds 1 to 3 are of the sweep.
    const all = [folders.failed, folders.waiting, folders.killed, folders['by hand']];
    expect(new Set(deletable({ used: usedFolders(root) }))).toEqual(new Set(all));
    const longAgo = new Date('2024-05-01');
    for (const name of readdirSync(inRoot(folders.killed))) utimesSync(inRoot(folders.killed, name), longAgo, longAgo);
    expect(deletable({ olderThanDays: 1 })).toEqual([folders.killed]);
  });

  test('lists first, deletes with --yes, and never what is running', () => {
    expect(roadseg('clean').stdout).toContain('3 runs, ');
    expect(existsSync(inRoot(folders.failed))).toBe(true);
    expect(roadseg('clean', '--yes').stdout).toContain('deleted');
    const left = [folders.finished, folders.running, folders['by hand']].map((folder) => path.basename(folder));
    expect(readdirSync(inRoot('results')).sort()).toEqual(left.sort());
    expect(() => deleteRun(inRoot(folders.running))).toThrow('is in use by process');
    expect(roadseg('clean', folders.running, '--yes').stderr).toContain('is in use by process');
  });
});
