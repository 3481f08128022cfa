import { afterAll, beforeEach, expect, test } from 'bun:test';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { identify, isStale, takeLock, tryLock } from '../../src/setup/lock.mjs';
import { emptyFolder, removeFolders } from './fixtures';

afterAll(removeFolders);

let folder: string;
const nobody = () => {
  throw new Error('there was nobody to wait for');
};

beforeEach(() => {
  folder = path.join(emptyFolder(), 'lock');
});

/** A process that was there and is gone. */
function gone() {
  return { pid: spawnSync('true').pid, started: '1' };
}

function leaveBehind(owner: object) {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(owner));
}

test('a second one does not get it before the first lets go', () => {
  const first = tryLock(folder);
  expect(first).not.toBeNull();
  expect(tryLock(folder)).toBeNull();
  first?.release();
  expect(existsSync(folder)).toBe(false);
  expect(tryLock(folder)).not.toBeNull();
});

test('the owner is named, and the command it runs', () => {
  tryLock(folder)?.setCommand(process.ppid);
  const owner = JSON.parse(readFileSync(path.join(folder, 'owner.json'), 'utf8'));
  expect(owner.host).toBe(os.hostname());
  expect(owner.process.pid).toBe(process.pid);
  expect(owner.command.pid).toBe(process.ppid);
});

test('takeLock waits for a holder that lives, and says so', async () => {
  const first = tryLock(folder);
  let waitedFor = 0;
  const second = takeLock(folder, (owner) => {
    waitedFor = owner.process.pid;
    first?.release();
  });
  (await second).release();
  expect(waitedFor).toBe(process.pid);
});

test('the lock of a process that is gone is taken over', async () => {
  leaveBehind({ host: os.hostname(), process: gone(), command: null });
  (await takeLock(folder, nobody)).release();
});

test('a number that another process has since been given does not keep a lock alive', () => {
  const { pid, started } = identify(process.pid);
  const owner = { host: os.hostname(), command: null };
  expect(isStale({ ...owner, process: { pid, started } })).toBe(false);
  expect(isStale({ ...owner, process: { pid, started: `${Number(started) - 1}` } })).toBe(true);
});

test('what a killed set-up left running is ended before the next one starts', async () => {
  const orphan = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => orphan.once('exit', (_, signal) => resolve(signal)));
  leaveBehind({ host: os.hostname(), process: gone(), command: identify(orphan.pid ?? 0) });
  (await takeLock(folder, nobody)).release();
  expect(await ended).toBe('SIGTERM');
});

test("another machine's lock is left alone", () => {
  expect(isStale({ host: 'elsewhere', process: gone(), command: null })).toBe(false);
});

test('a folder without a readable owner is nobody’s lock', async () => {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'owner.json'), '{"host":');
  (await takeLock(folder, nobody)).release();
});
