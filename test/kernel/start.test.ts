import { afterAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { temporaryFolder } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('a kernel whose port another process has taken meanwhile ends and says so', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  const { port } = await new Promise<AddressInfo>((resolve) =>
    taken.once('listening', () => resolve(taken.address() as AddressInfo)),
  );
  // Any other port will do for the rest.
  const ports = { iopub_port: 0, shell_port: port, control_port: 0, stdin_port: 0, hb_port: 0 };
  const connection = { transport: 'tcp', ip: '127.0.0.1', signature_scheme: 'hmac-sha256', key: 'k', ...ports };
  const file = path.join(folder, 'kernel-1.json');
  writeFileSync(file, JSON.stringify(connection));
  const program = path.resolve(import.meta.dir, '../../src/kernel/main.mjs');
  const node = Bun.spawn(['node', program, '--config-path', file], { stdout: 'ignore', stderr: 'pipe' });
  const said = await new Response(node.stderr).text();
  expect(await node.exited).toBe(1);
  expect(said).toMatch(/^kernel: cannot listen: Address already in use/m);
  taken.close();
}, 30_000);
