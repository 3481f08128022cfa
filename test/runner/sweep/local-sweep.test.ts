import { afterAll, beforeAll, expect, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processesMentioning } from '../../../src/runner/processes';
import { situationOf } from '../../../src/runner/runs/situation';

// A project of its own: one notebook that does as its seed tells it, in real kernels.
const root = mkdtempSync(path.join(tmpdir(), 'roadseg-sweep-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const inRoot = (...parts: string[]) => path.join(root, ...parts);

const source = `const fs = require('fs');
const { seed } = require('yaml').parse(fs.readFileSync(${JSON.stringify(root)} + '/' + experiment, 'utf8'));
console.log('seed', seed, 'threads', process.env.TF_NUM_INTRAOP_THREADS);
if (seed === 2 && !fs.existsSync(${JSON.stringify(inRoot('mended'))})) throw new RangeError('seed 2 cannot');
if (seed >= 9) await new Promise(() => {});`;

beforeAll(() => {
  for (const folder of ['experiments/sweeps', 'notebooks']) mkdirSync(inRoot(folder), { recursive: true });
  const cell = (text: string, tags: string[]) => ({ cell_type: 'code', metadata: { tags }, outputs: [], source: text });
  const cells = [cell("let experiment = '';", ['parameters']), cell(source, [])];
  writeFileSync(
    inRoot('notebooks/seed.ipynb'),
    JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells }),
  );
  writeFileSync(inRoot('experiments/seed.yaml'), 'notebooks: [notebooks/seed.ipynb]\n');
  const sweep = (seeds: string) => `experiment: experiments/seed.yaml\nseeds: ${seeds}\n`;
  writeFileSync(inRoot('experiments/sweeps/three.yaml'), sweep('[1, 2, 3]'));
  writeFileSync(inRoot('experiments/sweeps/endless-9.yaml'), sweep('[9]'));
  writeFileSync(inRoot('experiments/sweeps/endless-10.yaml'), sweep('[10]'));
});

function sweep(...args: string[]) {
  const command = [process.execPath, path.resolve('src/cli.ts'), 'sweep', ...args];
  return Bun.spawn(command, { cwd: root, stdout: 'pipe', stderr: 'pipe' });
}

async function finished(child: ReturnType<typeof sweep>) {
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

test('side by side: a run that fails does not stop the others, and is told at the end', async () => {
  const { exitCode, stdout, stderr } = await finished(
    sweep('experiments/sweeps/three.yaml', '--jobs', '3', '--no-html'),
  );
  expect(stderr).toBe('');
  expect(stdout.replace(/^\d\d:\d\d:\d\d /gm, '')).toContain('\nfinished    seed=3');
  expect(stdout).toMatch(
    /2 of 3 finished, 1 failed\n\nfailed: seed=2\n {2}results.seed-\w+\n {2}notebooks.seed.ipynb, cell \[\d\]: RangeError: seed 2 cannot\n/,
  );
  // At once, too, and not only when all is over.
  expect(stdout).toMatch(/failed +seed=2 +failed · .* · notebooks.seed.ipynb, cell \[\d\]: RangeError: seed 2 cannot/);
  expect(exitCode).toBe(1);
}, 240_000);

test('again: only the one that failed', async () => {
  writeFileSync(inRoot('mended'), '');
  const { exitCode, stdout, stderr } = await finished(sweep('experiments/sweeps/three.yaml', '--json', '--no-html'));
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  const { runs } = JSON.parse(stdout);
  expect(runs.map(({ label, state }: { label: string; state: string }) => [label, state])).toEqual([
    ['seed=1', 'finished'],
    ['seed=2', 'finished'],
    ['seed=3', 'finished'],
  ]);
  expect(stderr.match(/running/g)).toHaveLength(1);
  const attempts = runs.map(({ folder }: { folder: string }) => situationOf(inRoot(folder)).record?.attempts);
  expect(attempts).toEqual([1, 2, 1]);
  expect(readFileSync(inRoot(runs[0].folder, 'run.log'), 'utf8')).toMatch(/seed 1 threads \d+/);
}, 240_000);

test('a list of the runs says which are due again, as where the evaluation is to be another', async () => {
  const states = async (...flags: string[]) => {
    const { stdout } = await finished(sweep('experiments/sweeps/three.yaml', '--dry-run', '--json', ...flags));
    return JSON.parse(stdout).runs.map(({ state }: { state: string }) => state);
  };
  expect(await states()).toEqual(['finished', 'finished', 'finished']);
  expect(await states('--set', 'evaluation.panels=2')).toEqual(['waiting', 'waiting', 'waiting']);
}, 60_000);

/** Starts a sweep whose one run never ends, and waits until its cell runs. */
async function endless(seed: 9 | 10) {
  const file = `experiments/sweeps/endless-${seed}.yaml`;
  const child = sweep(file);
  const { stdout } = await finished(sweep(file, '--dry-run', '--json'));
  const folder = inRoot(JSON.parse(stdout).runs[0].folder);
  const log = path.join(folder, 'run.log');
  const said = () => (existsSync(log) ? readFileSync(log, 'utf8').match(/seed \d+ threads/g)?.length : 0) ?? 0;
  for (const before = said(); said() === before && child.exitCode === null; ) await Bun.sleep(50);
  return { child, folder };
}

async function untilGone(folder: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (processesMentioning(folder).length > 0 && Date.now() < deadline) await Bun.sleep(50);
  expect(processesMentioning(folder)).toEqual([]);
}

test.concurrent('Ctrl-C ends the runs in order', async () => {
  const { child, folder } = await endless(9);
  child.kill('SIGINT');
  expect(await child.exited).toBe(130);
  expect(situationOf(folder)).toMatchObject({
    state: 'interrupted',
    record: { error: expect.stringContaining('(SIGINT)') },
  });
  await untilGone(path.basename(folder));
}, 180_000);

test.concurrent('so does the end of the sweep by SIGKILL', async () => {
  const { child, folder } = await endless(10);
  child.kill('SIGKILL');
  await child.exited;
  await untilGone(path.basename(folder));
  expect(situationOf(folder)).toMatchObject({
    state: 'interrupted',
    record: { error: expect.stringContaining('(SIGHUP)') },
  });
}, 180_000);
