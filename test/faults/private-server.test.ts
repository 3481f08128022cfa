import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type JupyterServer, startServer } from '../../src/runner/jupyter/jupyter-server';
import { Kernel } from '../../src/runner/jupyter/kernel';
import { CellOutputs } from '../../src/runner/jupyter/output';
import { serverProcesses } from '../../src/runner/processes';

let server: JupyterServer;
let kernel: Kernel;
beforeAll(async () => {
  process.env.PYTHONPROFILEIMPORTTIME = '1'; // has it write each import into the log
  server = await startServer();
  delete process.env.PYTHONPROFILEIMPORTTIME;
  kernel = await Kernel.start(server);
}, 90_000);
afterAll(async () => {
  await kernel.stop();
  await server.stop();
}, 30_000);

/** Addresses, as the kernel of the machine writes them in hexadecimal, that some processes listen on. */
function listeningAddresses(pids: readonly number[]): string[] {
  const sockets = new Set(
    pids.flatMap((pid) =>
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
        } catch {
          return []; // closed meanwhile
        }
      }),
    ),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      // State 0A is LISTEN; the tenth column is the socket's number.
      .filter((columns) => columns[3] === '0A' && sockets.has(columns[9]))
      .map((columns) => columns[1].split(':')[0]),
  );
}

test('what only Python needs is not loaded to start a kernel', () => {
  const log = readFileSync(join(server.folder, 'server.log'), 'utf8');
  const loaded = (module: string) => new RegExp(`^import time: .* ${module}$`, 'm').test(log);
  expect(['jupyter_client.kernelspec', 'IPython'].map(loaded)).toEqual([true, false]);
});

test('server and kernel listen on the loopback address only', () => {
  const addresses = listeningAddresses(serverProcesses(server.folder));
  // The server's port and the five of a kernel.
  expect(addresses.length).toBeGreaterThanOrEqual(6);
  expect([...new Set(addresses)]).toEqual(['0100007F']);
});

test('without the token, which is random and 32 bytes long, the server answers no', async () => {
  const { baseUrl, token } = server.settings;
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  const status = async (headers: Record<string, string>) => (await fetch(`${baseUrl}api/kernels`, { headers })).status;
  expect(await status({})).toBe(403);
  expect(await status({ Authorization: `token ${'0'.repeat(64)}` })).toBe(403);
  expect(await status({ Authorization: `token ${token}` })).toBe(200);
});

test('the token is neither in what a cell prints or fails with, nor in the log, and its folder is private', async () => {
  const outputs = new CellOutputs();
  const onOutput = (message: Parameters<CellOutputs['receive']>[0]) => outputs.receive(message);
  const outcome = await kernel.execute('console.log(process.env); throw new Error(JSON.stringify(process.env))', {
    onOutput,
  });
  const seen = JSON.stringify([outcome, outputs.toOutputs(), readFileSync(join(server.folder, 'server.log'), 'utf8')]);
  expect(seen).toContain('PATH');
  expect(seen).not.toContain(server.settings.token);
  expect(statSync(server.folder).mode & 0o077).toBe(0);
}, 30_000);
