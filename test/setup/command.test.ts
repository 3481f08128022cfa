import { afterAll, expect, test } from 'bun:test';
import path from 'node:path';
import { endGroup, runLogged, tail } from '../../src/setup/command.mjs';
import { SetupError } from '../../src/setup/setup-error.mjs';
import { emptyFolder, removeFolders } from './fixtures';

afterAll(removeFolders);

function options() {
  const cwd = emptyFolder();
  return { cwd, env: process.env, log: path.join(cwd, 'step.log') };
}

test('output goes to the log, both kinds', async () => {
  const to = options();
  await runLogged('sh', ['-c', 'echo one; echo two >&2'], to);
  expect(tail(to.log, 2)).toBe('one\ntwo');
});

test('a failure says which command and how it ended', async () => {
  const to = options();
  await expect(runLogged('sh', ['-c', 'exit 3'], to)).rejects.toThrow(/`sh -c exit 3 …`: exit 3/);
  await expect(runLogged('no-such-program', [], to)).rejects.toThrow(SetupError);
});

test('endGroup ends a command together with what it started', async () => {
  let leader = 0;
  const onStart = (pid: number) => {
    leader = pid;
  };
  const failure = runLogged('sh', ['-c', 'sleep 60 & wait'], { ...options(), onStart }).catch(String);
  await endGroup(leader);
  expect(await failure).toContain('ended by SIGTERM');
  expect(() => process.kill(-leader, 0)).toThrow();
});
