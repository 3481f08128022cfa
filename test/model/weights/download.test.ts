import { afterAll, beforeEach, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ModelError } from '../../../src/errors';
import { IMAGENET_SOURCES, imagenetWeightsFile, userCacheFolder } from '../../../src/model/weights/imagenet-weights';
import { temporaryFolder } from '../../data/fixtures';

const { folder, remove } = temporaryFolder();
const CONTENT = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251);
const MD5 = createHash('md5').update(CONTENT).digest('hex');

/** How the server behaves, and what it was asked for. */
let breakAfter: number[] = [];
let ranges = true;
let asked: (string | undefined)[] = [];
const server = createServer((request, response) => {
  const range = request.headers.range;
  asked.push(range);
  if (request.url === '/gone.h5') return response.writeHead(404).end('no such file');
  const start = ranges && range ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0;
  if (start >= CONTENT.length) return response.writeHead(416).end();
  const rest = CONTENT.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length });
  const stop = breakAfter.shift();
  if (stop === undefined) return response.end(rest);
  // Later, so that what was written has arrived.
  return response.write(rest.subarray(0, stop), () => setTimeout(() => response.destroy(), 50));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  server.close();
  remove();
});

const { port } = server.address() as AddressInfo;
const source = { url: `http://127.0.0.1:${port}/weights.h5`, md5: MD5 };
const target = join(folder, 'weights.h5');
const fetchIt = (options = {}) => imagenetWeightsFile({ folder, source, ...options });
const content = () => new Uint8Array(readFileSync(target));

beforeEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  [breakAfter, ranges, asked] = [[], true, []];
});

test('it is fetched once, with progress, and then taken from the cache', async () => {
  const progress: [number, number | undefined][] = [];
  expect(await fetchIt({ onProgress: (done: number, total?: number) => progress.push([done, total]) })).toBe(target);
  expect(content()).toEqual(CONTENT);
  expect(progress.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
  await fetchIt();
  expect(asked).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['weights.h5']);
});

test('what an earlier attempt left is taken up from its end', async () => {
  writeFileSync(`${target}.part`, CONTENT.subarray(0, 100_000));
  await fetchIt();
  expect(asked).toEqual(['bytes=100000-']);
  expect(content()).toEqual(CONTENT);
});

test('a server that knows no ranges begins again', async () => {
  ranges = false;
  writeFileSync(`${target}.part`, new Uint8Array(400_000));
  await fetchIt();
  expect(content()).toEqual(CONTENT);
});

test('a part that is whole already needs nothing more', async () => {
  writeFileSync(`${target}.part`, CONTENT);
  await fetchIt();
  expect(content()).toEqual(CONTENT);
});

test('a connection that breaks is taken up again', async () => {
  breakAfter = [50_000, 70_000];
  await fetchIt();
  expect(content()).toEqual(CONTENT);
  expect(asked).toHaveLength(3);
  expect(asked[1]).toMatch(/^bytes=\d+-$/);
});

test('another content is refused with both checksums, and not kept', async () => {
  const wrong = { ...source, md5: '0'.repeat(32) };
  const attempt = fetchIt({ source: wrong });
  expect(attempt).rejects.toThrow(ModelError);
  expect(attempt).rejects.toThrow(`MD5 of what came is ${MD5}, expected ${wrong.md5}`);
  await attempt.catch(() => undefined);
  expect(readdirSync(folder)).toEqual([]);
});

test('an altered file in the cache is named with both checksums', async () => {
  writeFileSync(target, CONTENT.subarray(1));
  expect(fetchIt()).rejects.toThrow(`${target}: MD5 is`);
  await Bun.sleep(0);
  expect(asked).toHaveLength(0);
});

test('without a network the error says where to put the file by hand', async () => {
  // Port 1 is reserved and nothing listens there.
  const nowhere = { url: 'http://127.0.0.1:1/weights.h5', md5: MD5 };
  const message = await fetchIt({ source: nowhere }).catch((error: Error) => error.message);
  expect(message).toContain('http://127.0.0.1:1/weights.h5: cannot be downloaded');
  expect(message).toContain(`put the file of ${nowhere.url} (MD5 ${MD5}) at ${target}`);
  expect(existsSync(target)).toBe(false);
});

test('an answer that is no is not asked for again', async () => {
  const gone = { ...source, url: source.url.replace('weights', 'gone') };
  expect(await fetchIt({ source: gone }).catch((error: Error) => error.message)).toContain('the server answered 404');
  expect(asked).toHaveLength(1);
});

test('two at once get the same file', async () => {
  const [first, second] = await Promise.all([fetchIt(), fetchIt()]);
  expect(first).toBe(second);
  expect(content()).toEqual(CONTENT);
  expect(readdirSync(folder)).toEqual(['weights.h5']);
});

test("the real file is Keras's, and its place follows XDG_CACHE_HOME", () => {
  expect(IMAGENET_SOURCES['vgg19-imagenet'].url).toEndWith('vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5');
  expect(IMAGENET_SOURCES['vgg19-imagenet'].md5).toMatch(/^[0-9a-f]{32}$/);
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = '/somewhere';
  try {
    expect(userCacheFolder()).toBe('/somewhere/roadseg');
  } finally {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  }
});
