import { afterAll, beforeEach, expect, test } from 'bun:test';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endGroup } from '../../src/setup/command.mjs';
import { identify, liveOwner, takeLock, tryLock } from '../../src/setup/lock.mjs';
import { emptyFolder, removeFolders } from './fixtures';

afterAll(removeFolders);

let folder: string;
const nobody = {
  onWait: () => {
    throw new Error('there was nobody to wait for');
  },
  endCommand: endGroup,
};

beforeEach(() => {
  folder = path.join(emptyFolder(), 'lock');
});

/** A process that was there and is gone. */
function gone() {
  return { pid: spawnSync('true').pid, started: '1' };
}

function leaveBehind(owner: object) {
  mkdirSync(folder, { recursive: true });
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
  const second = takeLock(folder, {
    ...nobody,
    onWait: (owner) => {
      waitedFor = owner.process.pid;
      first?.release();
    },
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
  leaveBehind({ host: os.hostname(), command: null, process: { pid, started } });
  expect(liveOwner(folder)?.process.pid).toBe(pid);
  leaveBehind({ host: os.hostname(), command: null, process: { pid, started: `${Number(started) - 1}` } });
  expect(liveOwner(folder)).toBeNull();
});

test('what a killed set-up left running is ended before the next one starts', async () => {
  const orphan = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => orphan.once('exit', (_, signal) => resolve(signal)));
  leaveBehind({ host: os.hostname(), process: gone(), command: identify(orphan.pid ?? 0) });
  (await takeLock(folder, nobody)).release();
  expect(await ended).toBe('SIGTERM');
});

test("another machine's lock is left alone while it gives signs of life, and no longer", () => {
  leaveBehind({ host: 'elsewhere', process: gone(), command: null });
  expect(liveOwner(folder)?.host).toBe('elsewhere');
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(path.join(folder, 'owner.json'), longAgo, longAgo);
  expect(liveOwner(folder)).toBeNull();
});

test('a folder without a readable owner is nobody’s lock', async () => {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'owner.json'), '{"host":');
  (await takeLock(folder, nobody)).release();
});
