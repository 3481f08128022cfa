import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Metrics } from '../src/evaluation/metrics';
import { exportRun } from '../src/publishing/export-run';
import { parseHistory } from '../src/training/history';
import { temporaryFolder } from './data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** Writes an experiment whose results go to a folder of the same name. */
function experiment(name: string, content: object): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, stringify({ name, folder: join(folder, name), ...content }));
  return file;
}

const model = { width: 0.125 };
const scenes = (seed: number) => ({
  source: 'synthetic',
  size: 32,
  root: join(folder, `scenes-${seed}`),
  synthetic: { seed, width: 128, height: 64, scenes: { train: 16, validation: 8, test: 8 } },
});
const encoder = experiment('encoder', {
  task: 'classification',
  notebooks: ['notebooks/00-encoder.ipynb'],
  data: { ...scenes(7), crops: { train: 128, validation: 32 } },
  model,
  training: { epochs: 2, batchSize: 16 },
});
const base = experiment('base', {
  notebooks: ['notebooks/03-training.ipynb', 'notebooks/04-evaluation.ipynb'],
  data: scenes(1),
  model,
  training: { epochs: 12, batchSize: 4, learningRate: 0.005 },
  evaluation: { split: 'test', panels: 1 },
});
const pretrained = experiment('pretrained', { extends: base, model: { encoder: { weights: encoder } } });
const report = experiment('report', {
  notebooks: ['notebooks/05-comparison.ipynb'],
  evaluation: { panels: 2 },
  comparison: {
    title: 'A tiny study',
    runs: [
      { label: 'Base', run: base },
      { label: 'Pre-trained', run: pretrained },
    ],
  },
});

async function roadseg(...args: string[]): Promise<{ exitCode: number; output: string }> {
  const child = Bun.spawn([process.execPath, 'src/cli.ts', ...args], { stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, output: stdout + stderr };
}

/** Starts the base experiment and ends the runner, as a power cut would, once some epochs are done. */
async function killedAfterEpoch(epoch: number): Promise<void> {
  const child = Bun.spawn([process.execPath, 'src/cli.ts', 'run', base], { stdout: 'ignore', stderr: 'inherit' });
  const file = join(folder, 'base', 'history.jsonl');
  const done = () => (existsSync(file) ? parseHistory(readFileSync(file, 'utf8')).length : 0);
  while (child.exitCode === null && done() < epoch) await Bun.sleep(50);
  child.kill('SIGKILL');
  await child.exited;
}

/** The only way in which a run was evaluated. */
function evaluationOf(name: string): string {
  const [evaluation, ...others] = readdirSync(join(folder, name, 'evaluations'));
  expect([evaluation, others]).toEqual([expect.stringMatching(/^test-training-/), []]);
  return join('evaluations', evaluation);
}

const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');

describe('the whole study at tiny size, through real notebooks and a real kernel', () => {
  let run: { exitCode: number; output: string };
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    await killedAfterEpoch(3);
    run = await roadseg('run', report, '--jobs', '2');
  }, 600_000);

  test('every notebook goes through', () => {
    if (run.exitCode !== 0) console.error(run.output);
    expect(run.exitCode).toBe(0);
    for (const name of ['encoder', 'base', 'pretrained', 'report'])
      expect(JSON.parse(read(name, 'run.json'))).toMatchObject({ state: 'finished' });
  });

  test('base and encoder go on side by side, and are told of one after the other', () => {
    const started = ['base', 'encoder'].map((name) => Date.parse(JSON.parse(read(name, 'run.json')).resumed));
    const [ended] = ['base'].map((name) => Date.parse(JSON.parse(read(name, 'run.json')).ended));
    expect(Math.max(...started)).toBeLessThan(ended);
    const told = run.output.match(/^\d\d-\w+\.ipynb \w+/gm);
    expect(told).toEqual([
      '03-training.ipynb base',
      '04-evaluation.ipynb base',
      '00-encoder.ipynb encoder',
      '03-training.ipynb pretrained',
      '04-evaluation.ipynb pretrained',
      '05-comparison.ipynb report',
    ]);
    const environments = ['base', 'encoder'].map((name) => JSON.parse(read(name, 'provenance.json')).parts.at(-1));
    for (const { environment } of environments)
      expect(Number(environment.OMP_NUM_THREADS)).toBe(Math.max(1, Math.floor(availableParallelism() / 2)));
  });

  test('the run that was killed went on from its checkpoint', () => {
    expect(JSON.parse(read('base', 'provenance.json')).parts).toHaveLength(2);
    expect(JSON.parse(read('base', 'run.json')).attempts).toBe(2);
    expect(parseHistory(read('base', 'history.jsonl')).map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  });

  test('it still learns: better than calling everything by the commonest group, and a falling loss', () => {
    for (const name of ['base', 'pretrained']) {
      const history = parseHistory(read(name, 'history.jsonl'));
      expect(history).toHaveLength(12);
      expect(history[11].trainingLoss).toBeLessThan(history[0].trainingLoss / 2);
      const { models } = JSON.parse(read(name, evaluationOf(name), 'metrics.json')) as {
        models: { metrics: Metrics[] }[];
      };
      const [{ pixelAccuracy, groups }] = models[0].metrics;
      const pixels = groups.map((group) => group.pixels);
      const commonest = Math.max(...pixels) / pixels.reduce((sum, count) => sum + count, 0);
      expect(pixelAccuracy).toBeGreaterThan(commonest + 0.1);
    }
  });

  test('the encoder was handed over: same seed and steps as base, but other losses from the first epoch on', () => {
    const [fromRandom, handedOver] = ['base', 'pretrained'].map((name) => parseHistory(read(name, 'history.jsonl')));
    expect(handedOver.map(({ learningRate }) => learningRate)).toEqual(fromRandom.map((record) => record.learningRate));
    expect(handedOver[0].trainingLoss).not.toBe(fromRandom[0].trainingLoss);
    expect(read('pretrained', 'experiment.yaml')).toContain(`weights: ${join(folder, 'encoder')}`);
  });

  test('the training marks one epoch, the one whose weights are used', () => {
    const { cells } = JSON.parse(read('base', 'notebooks', '03-training.ipynb')) as { cells: { outputs?: unknown }[] };
    const outputs = cells.map((cell) => JSON.stringify(cell.outputs ?? []));
    expect(outputs.join('').match(/'best' /g)).toHaveLength(1);
  });

  test('the report holds curves, table and panels', () => {
    const files = [
      'figures/validation-loss.png',
      'figures/validation-loss.html',
      'panels/comparison.png',
      'metrics.csv',
    ];
    for (const file of [...files, 'metrics.md', 'metrics.json', 'index.html'])
      expect(statSync(join(folder, 'report', file)).size).toBeGreaterThan(200);
    expect(read('report', 'metrics.md')).toContain('| Pre-trained | groups-8');
  });

  test('each run says what made it', () => {
    const { seed, parts } = JSON.parse(read('base', 'provenance.json'));
    expect({ seed, parts }).toMatchObject({ seed: 1, parts: [{ versions: { tensorflow: '2.21.0' } }, {}] });
    expect(existsSync(join(folder, 'base', 'checkpoints', 'best', 'model.json'))).toBe(true);
    expect(existsSync(join(folder, 'base', 'notebooks', '04-evaluation.html'))).toBe(true);
    expect(existsSync(join(folder, 'base', evaluationOf('base'), 'confusion-matrix-official-7.csv'))).toBe(true);
  });

  test('what is exported of it has a card with its scores, and its settings', () => {
    exportRun(join(folder, 'pretrained'), { to: 'tfjs', out: join(folder, 'exported') });
    const scores = read('pretrained', evaluationOf('pretrained'), 'metrics.md').match(/^\| pretrained .*$/gm);
    // Two metrics, each in the table of scores and in that of groups, and the iIoU.
    expect(scores?.length).toBe(5);
    const card = read('exported', 'README.md');
    for (const row of scores!) expect(card).toContain(row);
    expect(card.match(/^#+ /gm)).toEqual(['# ', '## ', '### ', '### ']);
    expect(read('exported', 'experiment.yaml')).toContain('root: null');
  });

  test('a second run has nothing to do', async () => {
    const { exitCode, output } = await roadseg('run', report);
    expect(exitCode).toBe(0);
    expect(output.match(/has finished/g)).toHaveLength(4);
  }, 30_000);

  // Last, since the run folder then holds another evaluation than the report's.
  test('another evaluation trains nothing, and is kept beside the first', async () => {
    const before = read('base', 'history.jsonl');
    const { exitCode, output } = await roadseg('run', base, '--no-html', '--set', 'evaluation.split=validation');
    if (exitCode !== 0) console.error(output);
    expect(exitCode).toBe(0);
    expect(read('base', 'history.jsonl')).toBe(before);
    expect(JSON.parse(read('base', 'run.json')).notebooks).toHaveLength(2);
    const evaluations = readdirSync(join(folder, 'base', 'evaluations')).map((name) => name.split('-')[0]);
    expect(evaluations.sort()).toEqual(['test', 'validation']);
  }, 240_000);
});
