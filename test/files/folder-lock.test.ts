import { afterAll, beforeEach, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { holderOf, takeFolder } from '../../src/files/folder-lock';
import { statusOf, writeStatus } from '../../src/runner/runs/run-status';

const root = mkdtempSync(path.join(tmpdir(), 'roadseg-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
let count = 0;
beforeEach(() => {
  folder = path.join(root, `run-${count++}`);
});

const ownerFile = () => path.join(folder, '.lock', 'owner.json');
const owner = () => JSON.parse(readFileSync(ownerFile(), 'utf8'));
const changeOwner = (changes: object) => writeFileSync(ownerFile(), JSON.stringify({ ...owner(), ...changes }));
/** As a lock that another process left, without its release. */
function abandonedLock(changes: object): void {
  takeFolder(folder);
  changeOwner(changes);
}

test('the second is told who holds the folder, and may have it afterwards', () => {
  const first = takeFolder(folder);
  expect(holderOf(folder)).toMatchObject({ pid: process.pid, host: owner().host });
  expect(() => takeFolder(folder)).toThrow(
    new RegExp(`is in use by process ${process.pid} on \\S+ since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC`),
  );
  const status = { notebook: 'a.ipynb', number: 1, notebooks: 2, cell: 3, cells: 4, text: '12 %' };
  writeStatus(folder, status);
  expect(statusOf(folder)).toEqual(status);
  first.release();
  expect([holderOf(folder), statusOf(folder)]).toEqual([undefined, undefined]);
  takeFolder(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test('the lock of a process that was killed is taken over', async () => {
  const program = `
    import { takeFolder } from ${JSON.stringify(path.resolve('src/files/folder-lock.ts'))};
    takeFolder(${JSON.stringify(folder)}); console.log('taken'); setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe', stderr: 'inherit' });
  await child.stdout.getReader().read();
  expect(() => takeFolder(folder)).toThrow(`process ${child.pid} on`);
  child.kill('SIGKILL');
  await child.exited;
  expect(holderOf(folder)).toBeUndefined();
  const lock = takeFolder(folder);
  expect(owner().process.pid).toBe(process.pid);
  lock.release();
}, 30_000);

test('a process elsewhere holds it as long as it gives signs of life', () => {
  abandonedLock({ host: 'another-machine' });
  expect(() => takeFolder(folder)).toThrow('on another-machine since');
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(ownerFile(), longAgo, longAgo);
  takeFolder(folder).release();
  expect(existsSync(path.join(folder, '.lock'))).toBe(false);
});

test('a batch job that was put back into the queue takes over from itself, not from another job', () => {
  const { SLURM_JOB_ID, SLURM_RESTART_COUNT } = process.env;
  try {
    Object.assign(process.env, { SLURM_JOB_ID: '7', SLURM_RESTART_COUNT: '1' });
    abandonedLock({ host: 'another-machine', slurm: '6.0' });
    expect(() => takeFolder(folder)).toThrow('(Slurm job 6)');
    changeOwner({ slurm: '7.0' });
    const lock = takeFolder(folder);
    expect(owner().slurm).toBe('7.1');
    lock.release();
  } finally {
    for (const [name, value] of Object.entries({ SLURM_JOB_ID, SLURM_RESTART_COUNT }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
});

test('a folder that cannot be made is named', () => {
  writeFileSync(path.join(root, 'file'), '');
  expect(() => takeFolder(path.join(root, 'file', 'run'))).toThrow(/file.run: cannot be written \(E\w+\)/);
});
