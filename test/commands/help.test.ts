import { expect, test } from 'bun:test';
import { resolve } from 'node:path';

const root = resolve(import.meta.dir, '../..');

function withoutTensorFlow(...command: string[]) {
  const preload = resolve(root, 'test/fixtures/without-tensorflow.ts');
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, '--preload', preload, ...command], {
    cwd: root,
  });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

test('the preload stands in the way of TensorFlow', () => {
  const { exitCode, stderr } = withoutTensorFlow('test/tensorflow/print-losses.ts');
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('was loaded');
});

const commands = [...withoutTensorFlow('src/cli.ts', '--help').stdout.matchAll(/^ {2}([a-z]+) /gm)].map(
  ([, name]) => name,
);

test('the commands are known', () => {
  expect(commands).toEqual(expect.arrayContaining(['run', 'predict', 'export', 'serve', 'doctor', 'help']));
});

test.each(commands)('the help of %s has an example, and needs no TensorFlow', (command) => {
  const { stdout, ...others } = withoutTensorFlow('src/cli.ts', command, '--help');
  expect(others).toEqual({ exitCode: 0, stderr: '' });
  if (command !== 'help') expect(stdout).toMatch(/Examples?:\n {2}bun run roadseg /);
});

test.each(['bench.ts', 'reading.ts', 'training.ts'])('nor does that of bench/%s', (script) => {
  expect(withoutTensorFlow(`bench/${script}`, '--help')).toMatchObject({ exitCode: 0, stderr: '' });
});
