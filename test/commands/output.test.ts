import { afterAll, describe, expect, test } from 'bun:test';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

const root = projectFolder({
  'experiments/base.yaml': 'notebooks: [t.ipynb]\n',
  'results/done/run.json': JSON.stringify({ state: 'finished', notebooks: [], started: '2024-05-01T10:00:00.000Z' }),
});
const cli = path.resolve('src/cli.ts');
const { NO_COLOR: _no, FORCE_COLOR: _force, ...environment } = process.env;
const green = '\x1b[32mfinished\x1b[39m';

function roadseg(args: string[], { cwd = root, env = {} }: { cwd?: string; env?: Record<string, string> } = {}) {
  const options = { cwd, env: { ...environment, ...env }, stdout: 'pipe', stderr: 'pipe' } as const;
  const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, cli, ...args], options);
  return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
}

/** What a command prints on a terminal. */
async function onTerminal(args: string[], env: Record<string, string> = {}): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  const data = (_terminal: unknown, bytes: Uint8Array) => {
    text += decoder.decode(bytes, { stream: true });
  };
  // Bun's types do not know of terminals yet.
  const terminal = { terminal: { cols: 100, rows: 30, data } } as object;
  const child = Bun.spawn([process.execPath, cli, ...args], {
    cwd: root,
    env: { ...environment, TERM: 'xterm-256color', ...env },
    ...terminal,
  });
  await child.exited;
  return text;
}

describe('colours', () => {
  test('are for terminals that take them', async () => {
    expect(await onTerminal(['list'])).toContain(green);
    const plain = await onTerminal(['list'], { NO_COLOR: '1' });
    expect(plain).toContain('finished');
    expect(plain).toBe(stripVTControlCharacters(plain));
    expect(await onTerminal(['show', 'nothing'], { TERM: 'dumb' })).not.toContain('\x1b');
  });

  test('do not go into a pipe, unless they are asked for', () => {
    expect(roadseg(['list']).stdout).not.toContain('\x1b');
    expect(roadseg(['show', 'nothing']).stderr).not.toContain('\x1b');
    const forced = roadseg(['list'], { env: { FORCE_COLOR: '1' } }).stdout;
    expect(forced).toContain(green);
    expect(stripVTControlCharacters(forced)).toBe(roadseg(['list']).stdout);
  });
});

describe('an error', () => {
  test('that can be mended comes with the way out, and without a stack trace', () => {
    const { stdout, stderr, exitCode } = roadseg(['show', 'nothing']);
    expect(stdout).toBe('');
    expect(stderr).toBe('\nthere is no run "nothing"\n  → `bun run roadseg list` shows the runs.\n');
    expect(exitCode).toBe(1);
  });

  test('that nobody expected says so, and has its stack trace shown with --debug', () => {
    // A folder where a file is expected: nobody looks after that.
    const cwd = projectFolder({ results: 'a file' });
    expect(roadseg(['list'], { cwd })).toEqual({
      stdout: '',
      stderr: expect.stringMatching(
        /^\nError: ENOTDIR.*\n {2}→ This should not have happened; --debug shows where it did.\n$/,
      ),
      exitCode: 1,
    });
    expect(roadseg(['list', '--debug'], { cwd }).stderr).toMatch(/^ +at .*find-runs\.ts:\d+:\d+/m);
  });
});

test('run by its script, it prints nothing but its own', () => {
  const command = [process.execPath, 'run', 'roadseg', 'show', 'nothing'];
  const { stdout, stderr, exitCode } = Bun.spawnSync(command, { env: environment, stdout: 'pipe', stderr: 'pipe' });
  expect(stdout.toString()).toBe('');
  expect(stderr.toString()).toBe('\nthere is no run "nothing"\n  → `bun run roadseg list` shows the runs.\n');
  expect(exitCode).toBe(1);
});

test('a reader that goes away is no error', () => {
  const command = `set -o pipefail; "$0" "$1" list --json | head -c 1`;
  const options = { cwd: root, env: environment, stderr: 'pipe' } as const;
  const { stdout, stderr, exitCode } = Bun.spawnSync(['bash', '-c', command, process.execPath, cli], options);
  expect({ stdout: stdout.toString(), stderr: stderr.toString(), exitCode }).toEqual({
    stdout: '[',
    stderr: '',
    exitCode: 0,
  });
});

test('quiet leaves out what is not a result', () => {
  expect(roadseg(['check']).stderr).toContain('there is no t.ipynb');
  expect(roadseg(['check']).stdout).toBe('0 notebooks and 1 experiments, 1 problems\n');
  expect(roadseg(['check', '--quiet']).stdout).toBe('');
  expect(JSON.parse(roadseg(['--quiet', 'check', '--json']).stdout).problems).toHaveLength(1);
  expect(roadseg(['check', '--quiet', '--verbose']).stderr).toContain('cannot be used with');
});
