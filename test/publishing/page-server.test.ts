import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { RunError } from '../../src/errors';
import { type PageServer, servePage } from '../../src/publishing/page-server';
import { temporaryFolder } from '../data/fixtures';
import { writeTinyRun } from './tiny-run';

const { folder, remove } = temporaryFolder();
let server: PageServer;
beforeAll(async () => {
  await writeTinyRun(folder);
  server = await servePage(folder, { port: 0 });
});
afterAll(async () => {
  await server.close();
  remove();
});

const port = () => Number(new URL(server.url).port);

/** Asks for a path exactly as it is written, which `fetch` would clean up first. */
function ask(path: string, { method = 'GET', host = `127.0.0.1:${port()}` } = {}) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: port(), path, method, headers: { Host: host } };
    request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode!, headers: response.headers, body });
      });
    })
      .on('error', reject)
      .end();
  });
}

test('the page, its modules, TensorFlow.js and the model are there, each of its type', async () => {
  const types = Object.fromEntries(
    await Promise.all(
      [
        '/',
        '/page.css',
        '/publishing/page/main',
        '/evaluation/sliding-windows',
        '/tensorflow/tfjs-backend-wasm-simd.wasm',
        '/model/model.json',
        '/street.png',
      ].map(async (path) => {
        const { status, headers } = await ask(path);
        return [path, `${status} ${headers['content-type']}`];
      }),
    ),
  );
  expect(types).toEqual({
    '/': '200 text/html; charset=utf-8',
    '/page.css': '200 text/css; charset=utf-8',
    '/publishing/page/main': '200 text/javascript; charset=utf-8',
    '/evaluation/sliding-windows': '200 text/javascript; charset=utf-8',
    '/tensorflow/tfjs-backend-wasm-simd.wasm': '200 application/wasm',
    '/model/model.json': '200 application/json',
    '/street.png': '200 image/png',
  });
});

describe('no one is let in', () => {
  test.each(['/', '/model/model.json', '/nothing'])('%s comes with a strict policy', async (path) => {
    const { headers } = await ask(path);
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('the page has nothing inline that the policy would have to allow', async () => {
    const { body } = await ask('/');
    expect(body).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i);
    expect(body.match(/<script[^>]*>/g)!.every((tag) => / src="\//.test(tag))).toBe(true);
    expect(body.match(/(?:src|href)="[^"]*"/g)!.every((link) => /="\/[^/]/.test(link))).toBe(true);
  });

  test.each(['evil.example', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.evil.example:80'])(
    'a request for the host "%s" is refused: a name elsewhere may resolve to this machine',
    async (host) => {
      expect((await ask('/', { host })).status).toBe(403);
    },
  );

  test('localhost is this machine', async () => {
    expect((await ask('/', { host: `localhost:${port()}` })).status).toBe(200);
  });

  test.each([
    '/../package.json',
    '/publishing/page/../../errors.ts',
    '/%2e%2e/package.json',
    '/model/..%2f..%2fexperiment.yaml',
    '//etc/passwd',
    '/publishing/page/main.ts',
    'http://evil.example/',
    '/__proto__',
  ])('%s is no file here', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  test('nothing is taken in: GET and HEAD alone', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask('/', { method });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
    const head = await ask('/', { method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength((await ask('/')).body)));
  });

  test('it listens at the one address, not at all of the machine', async () => {
    // All of 127.0.0.0/8 is this machine; a server that listens everywhere would answer at 127.0.0.2 too.
    const outcome = await new Promise((resolve) => {
      const socket = connect(port(), '127.0.0.2', () => {
        socket.destroy();
        resolve('connected');
      }).on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    });
    expect(outcome).toBe('ECONNREFUSED');
  });
});

test('a port that is taken is named, with the way out', async () => {
  const error = await servePage(folder, { port: port() }).catch((reason: Error) => reason);
  expect(error).toBeInstanceOf(RunError);
  expect((error as Error).message).toContain(`port ${port()} of 127.0.0.1 is taken`);
  expect((error as Error).message).toContain('--port');
});
