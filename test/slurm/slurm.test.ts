import { afterAll, beforeAll, expect, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunSituation, situationOf } from '../../src/runner/runs/situation';
import { describeUnless } from '../skipping';
import { missingSlurm, type OneNodeSlurm, startSlurm } from './one-node-slurm';

const missing = missingSlurm();
describeUnless(missing, 'a sweep on a real Slurm of one node', () => {
  // A project of its own: a notebook that does as its seed tells it.
  const root = missing ? '' : mkdtempSync(path.join(tmpdir(), 'roadseg-slurm-sweep-'));
  const inRoot = (...parts: string[]) => path.join(root, ...parts);
  let slurm: OneNodeSlurm;

  const source = `const fs = require('fs');
const root = ${JSON.stringify(root)};
const { seed } = require('yaml').parse(fs.readFileSync(root + '/' + experiment, 'utf8'));
const file = root + '/started-' + seed;
fs.appendFileSync(file, 'x');
console.log('seed', seed, 'threads', process.env.TF_NUM_INTRAOP_THREADS);
const mended = fs.existsSync(root + '/mended');
if (seed === 2 && !mended) throw new RangeError('seed 2 cannot');
if (seed === 3 && !mended) await new Promise(() => {});
if (seed === 4 && fs.readFileSync(file, 'utf8').length === 1) await new Promise(() => {});
if (seed === 5 && !fs.existsSync(root + '/mended-5')) throw new RangeError('seed 5 cannot');
if (seed === 9) await new Promise(() => {});`;

  beforeAll(async () => {
    for (const folder of ['experiments/sweeps', 'notebooks']) mkdirSync(inRoot(folder), { recursive: true });
    const cell = (text: string, tags: string[]) => ({
      cell_type: 'code',
      metadata: { tags },
      outputs: [],
      source: text,
    });
    const cells = [cell("let experiment = '';", ['parameters']), cell(source, [])];
    const notebook = { nbformat: 4, nbformat_minor: 4, metadata: {}, cells };
    writeFileSync(inRoot('notebooks/seed.ipynb'), JSON.stringify(notebook));
    writeFileSync(inRoot('experiments/seed.yaml'), 'notebooks: [notebooks/seed.ipynb]\n');
    writeFileSync(inRoot('experiments/sweeps/four.yaml'), 'experiment: experiments/seed.yaml\nseeds: 4\n');
    writeFileSync(inRoot('experiments/sweeps/endless.yaml'), 'experiment: experiments/seed.yaml\nseeds: [9]\n');
    writeFileSync(inRoot('experiments/needed.yaml'), 'extends: seed.yaml\nseed: 5\n');
    const weights = 'model: { encoder: { weights: experiments/needed.yaml } }';
    writeFileSync(inRoot('experiments/needing.yaml'), `extends: seed.yaml\n${weights}\n`);
    writeFileSync(inRoot('experiments/sweeps/needing.yaml'), 'experiment: experiments/needing.yaml\nseeds: [6, 7]\n');
    writeFileSync(inRoot('experiments/slurm.yaml'), 'time: 1\ncpus: 1\npreamble: export OMP_NUM_THREADS=1\n');
    slurm = await startSlurm();
  }, 120_000);
  afterAll(async () => {
    await slurm?.stop();
    rmSync(root, { recursive: true, force: true });
  }, 120_000);

  function sweep(name: string, ...args: string[]) {
    const command = [
      process.execPath,
      path.resolve('src/cli.ts'),
      'sweep',
      `experiments/sweeps/${name}.yaml`,
      '--slurm',
    ];
    const env = { ...process.env, ...slurm.environment };
    return Bun.spawn([...command, '--no-html', ...args], { cwd: root, env, stdout: 'pipe', stderr: 'pipe' });
  }
  async function finished(child: ReturnType<typeof sweep>) {
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { exitCode: await child.exited, stdout, stderr };
  }
  /** How often each run of a sweep was submitted. */
  const submissions = (name: string, stdout: string): number[] => {
    const lists = readdirSync(inRoot('results/.slurm', name)).map((each) =>
      readFileSync(inRoot('results/.slurm', name, each, 'runs.txt'), 'utf8')
        .trim()
        .split('\n'),
    );
    const { runs } = JSON.parse(stdout) as { runs: { folder: string }[] };
    return runs.map(({ folder }) => lists.flat().filter((line) => line === folder).length);
  };
  const started = (seed: number) => existsSync(inRoot(`started-${seed}`));
  const statesOf = (stdout: string) =>
    Object.fromEntries(
      (JSON.parse(stdout).runs as { label: string; state: string; folder: string }[]).map(({ label, state }) => [
        label,
        state,
      ]),
    );
  const situations = (stdout: string): RunSituation[] =>
    (JSON.parse(stdout).runs as { folder: string }[]).map(({ folder }) => situationOf(inRoot(folder)));

  test('four runs: one fails, one runs out of time, one is put back into the queue', async () => {
    const { exitCode, stdout } = await finished(sweep('four', '--no-follow'));
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('4 queued') });

    // Given again, the command follows what is in the queue and submits it no second time; ended, it leaves the jobs alone.
    const follower = sweep('four', '--json');
    while (!started(4)) await Bun.sleep(200);
    follower.kill('SIGINT');
    expect(await follower.exited).toBe(130);

    const queue = () => slurm.run('squeue', '--me', '--noheader', '--array', '--format=%F_%K %T');
    slurm.run('scontrol', 'requeue', /^(\d+_3) RUNNING/m.exec(queue())![1]);
    const all = await finished(sweep('four', '--json'));
    expect(statesOf(all.stdout)).toEqual({
      'seed=1': 'finished',
      'seed=2': 'failed',
      'seed=3': 'interrupted',
      'seed=4': 'finished',
    });
    expect(all.exitCode).toBe(1);
    // The second run may have failed, and so been submitted again, before the command was given the second or third time.
    expect(submissions('four', all.stdout)).toEqual([1, expect.any(Number), 1, 1]);
    const [one, two, three, four] = situations(all.stdout);
    expect(two.record?.error).toContain('RangeError: seed 2 cannot');
    expect(three.record).toMatchObject({ state: 'interrupted', error: expect.stringContaining('SIGTERM') });
    expect([one, four].map(({ record }) => record?.attempts)).toEqual([1, 2]);
    const [first] = JSON.parse(all.stdout).runs;
    expect(readFileSync(inRoot(first.folder, 'run.log'), 'utf8')).toContain('seed 1 threads 1');
  }, 400_000);

  test('again: only what failed or ran out of time is submitted', async () => {
    writeFileSync(inRoot('mended'), '');
    const { exitCode, stdout } = await finished(sweep('four', '--json'));
    expect(new Set(Object.values(statesOf(stdout)))).toEqual(new Set(['finished']));
    expect(exitCode).toBe(0);
    expect(submissions('four', stdout)).toEqual([1, expect.any(Number), 2, 1]);
    expect(situations(stdout).map(({ record }) => record?.attempts)).toEqual([1, expect.any(Number), 2, 2]);
  }, 200_000);

  test('what others build on runs first; when it fails they are not started', async () => {
    const failed = await finished(sweep('needing', '--json'));
    expect(statesOf(failed.stdout)).toEqual({ needed: 'failed', 'seed=6': 'skipped', 'seed=7': 'skipped' });
    expect([started(6), started(7)]).toEqual([false, false]);
    writeFileSync(inRoot('mended-5'), '');
    const { exitCode, stdout } = await finished(sweep('needing', '--json'));
    expect(statesOf(stdout)).toEqual({ needed: 'finished', 'seed=6': 'finished', 'seed=7': 'finished' });
    expect(exitCode).toBe(0);
    const [needed, ...needing] = situations(stdout).map(({ record }) => record!);
    for (const { started: begun } of needing) expect(begun >= needed.ended!).toBe(true);
  }, 200_000);

  test('cancelled: the kernel is stopped, the run says so, and the queue is empty', async () => {
    await finished(sweep('endless', '--no-follow'));
    while (!started(9)) await Bun.sleep(200);
    const { stdout } = await finished(sweep('endless', '--cancel'));
    expect(stdout).toBe('1 runs cancelled\n');
    while (slurm.run('squeue', '--noheader').trim() !== '') await Bun.sleep(200);
    const listed = Bun.spawnSync([process.execPath, path.resolve('src/cli.ts'), 'list', '--json'], { cwd: root });
    const states = (JSON.parse(listed.stdout.toString()) as { state: string }[]).map(({ state }) => state);
    expect(states.filter((state) => state !== 'finished')).toEqual(['interrupted']);
  }, 200_000);
});
