/**
 * `bun run bench:training`: a training on CamVid by the clock on the wall, from the start of the program to its end: by this
 * project in a notebook and in a script, and by a plain PyTorch script with a DataLoader. One after the other, each with
 * the machine to itself. Writes results/bench/training.md.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { toMarkdown } from '../src/tables/tables';
import { tensorFlowEnvironment } from '../src/tensorflow/environment';
import type { Precision } from './contender';
import { machine } from './results';

interface TrainingOptions {
  /** CamVid's folder. */
  root: string;
  size: number;
  batch: number;
  epochs: number;
  /** A Python with torch and pillow. */
  torchPython?: string;
  only?: string[];
  output: string;
}

interface Way {
  name: string;
  precision: Precision;
  command: string[];
  /** One JSON object per line, for each epoch. */
  history: string | 'stdout';
}

interface EpochLine {
  seconds: number;
  validationLoss: number;
}

function ways({ root, size, batch, epochs, torchPython, only }: TrainingOptions, folder: string): Way[] {
  const script = (name: string) => resolve(import.meta.dir, name);
  const own = (name: string, precision: Precision, command: string[], separator: string[]) => {
    const results = join(folder, `${name}-${precision}`);
    const settings = {
      'data.root': root,
      'data.size': size,
      // As wide as PyTorch's.
      'model.decoder.width': 1,
      'training.batchSize': batch,
      'training.epochs': epochs,
      'execution.precision': precision,
      notebooks: '[notebooks/03-training.ipynb]',
      folder: results,
    };
    const set = Object.entries(settings).flatMap(([key, value]) => [...separator, `${key}=${value}`]);
    // The plain recipe: Adam and cross-entropy, as in the PyTorch script.
    const all = [process.execPath, ...command, 'experiments/camvid/plain-base.yaml', ...set];
    return { name: `this project, ${name}`, precision, command: all, history: join(results, 'history.jsonl') };
  };
  const torch = (precision: Precision): Way => ({
    name: 'PyTorch, channels last, script',
    precision,
    command: [
      ...[torchPython!, script('pytorch_training.py'), root, String(size), String(batch), String(epochs), precision],
      join(folder, `${precision}.pt`),
    ],
    history: 'stdout',
  });
  const found = (['float32', 'bfloat16'] as const).flatMap((precision) => [
    own('script', precision, [script('training-script.ts')], []),
    own('notebook', precision, ['src/cli.ts', 'run'], ['--set']),
    ...(torchPython ? [torch(precision)] : []),
  ]);
  return found.filter(({ name }) => !only || only.some((part) => name.includes(part)));
}

async function main(options: TrainingOptions): Promise<void> {
  const { size, batch, epochs, output } = options;
  const before = machine();
  const folder = mkdtempSync(join(tmpdir(), 'roadseg-training-'));
  const rows: string[][] = [];
  try {
    for (const { name, precision, command, history } of ways(options, folder)) {
      process.stderr.write(`${name}, ${precision} …\n`);
      const started = performance.now();
      const child = Bun.spawn(command, { env: { ...Bun.env, ...tensorFlowEnvironment }, stderr: 'inherit' });
      const printed = await new Response(child.stdout).text();
      if ((await child.exited) !== 0) throw new Error(`${name} ended unexpectedly: ${command.join(' ')}`);
      const wall = (performance.now() - started) / 1000;
      const lines = (history === 'stdout' ? printed : readFileSync(history, 'utf8')).trim().split('\n');
      const records = lines.map((line) => JSON.parse(line) as EpochLine);
      const lowest = Math.min(...records.map(({ seconds }) => seconds));
      const loss = records.at(-1)!.validationLoss;
      rows.push([
        name,
        precision,
        ...[wall, lowest, wall - epochs * lowest].map((value) => value.toFixed(1)),
        loss.toFixed(3),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const header = ['Program', 'precision', 'wall clock, s', 'epoch, s', 'the rest, s', 'validation loss'];
  const text = `# A training on CamVid, by the clock on the wall

${before.cpu}, ${before.cores} cores; ${new Date().toISOString().slice(0, 10)}; load before ${before.load[0].toFixed(1)}. U-Net at full width,
${size} px, batch ${batch}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} of CamVid's 367 training scenes, each with its validation on 101 scenes and checkpoints. Epoch: the
fastest; the rest: starting, recording, reading for the first time, checkpoints.

${toMarkdown({ header, rows, text: [0, 1] })}`;
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'training.md'), text);
  process.stdout.write(text);
}

new Command('training')
  .description('Times whole trainings on CamVid: notebook, script, and a plain PyTorch script.')
  .requiredOption('--root <folder>', "CamVid's folder")
  .option('--size <pixels>', 'side of the square', Number, 128)
  .option('--batch <count>', 'scenes per batch', Number, 4)
  .option('--epochs <count>', 'epochs', Number, 1)
  .option('--torch-python <path>', 'a Python with torch and pillow, for PyTorch')
  .option('--only <names...>', 'programs whose names contain one of these')
  .option('--output <folder>', 'where the results go', 'results/bench')
  .action(main)
  .parseAsync();
