import { afterAll, beforeAll, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../data/fixtures';
import { writeTinyRun } from './tiny-run';

const { folder, remove } = temporaryFolder();
afterAll(remove);
beforeAll(() => writeTinyRun(folder));

const command = (...args: string[]) => [process.execPath, 'src/cli.ts', ...args];

test('export names what it wrote; without a format it asks for one', () => {
  const roadseg = (...args: string[]) => Bun.spawnSync(command('export', ...args), { stderr: 'pipe' });
  const out = join(folder, 'out');
  const done = roadseg(folder, '--to', 'savedmodel', '--out', out);
  expect(done.stdout.toString()).toMatch(new RegExp(`^${out}/saved_model.pb  [\\d.]+ [kM]B$`, 'm'));
  expect(existsSync(join(out, 'saved_model.pb'))).toBe(true);
  const refused = roadseg(folder);
  expect(refused.stderr.toString()).toContain("required option '--to <format>' not specified");
  expect(refused.exitCode).toBe(1);
}, 30_000);

test('serve says where, and ends when it is told to', async () => {
  const server = Bun.spawn(command('serve', folder, '--port', '0'), { stdout: 'pipe', stderr: 'ignore' });
  const { value } = await server.stdout.getReader().read();
  const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(new TextDecoder().decode(value)) ?? [];
  expect((await fetch(url!)).status).toBe(200);
  server.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  // The server is a child of the command; it is gone too.
  expect(fetch(url!)).rejects.toThrow();
}, 30_000);
