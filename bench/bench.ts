/**
 * `bun run bench`: the same U-Net trained and run by several programs, round by round in turns, so that whatever else the
 * machine does meets all of them. Writes results/bench/: bench.md, bench.json and a figure.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { writeFigure } from '../src/report/drawing/render-figure';
import { tensorFlowEnvironment, threadLimit } from '../src/tensorflow/environment';
import { Contender, type ContenderOptions, type Precision } from './contender';
import { type BenchResults, benchFigure, benchMarkdown, machine, measurementOf, PYTORCH, sizeName } from './results';

const CLASSES = 8;

interface BenchSize {
  size: number;
  batch: number;
}

interface BenchOptions {
  sizes: BenchSize[];
  rounds: number;
  /** A Python with torch. */
  torchPython?: string;
  /** A Python with TensorFlow. */
  tensorflowPython?: string;
  /** Of each contender; 0 leaves it to the library. */
  threads: number;
  /** Slow ones and variants too, which take much memory. */
  all: boolean;
  /** Whether PyTorch compiles its model too, which takes minutes. */
  torchCompile: boolean;
  only?: string[];
  output: string;
}

function contenders({ size, batch }: BenchSize, options: BenchOptions): ContenderOptions[] {
  const { threads, torchPython, tensorflowPython, all, torchCompile, only } = options;
  const script = (name: string) => resolve(import.meta.dir, name);
  const place = [String(size), String(batch)];
  const limit = String(threads);
  const tensorflow = (name: string, kind: string, precision: Precision = 'float32') => ({
    name,
    precision,
    command: [process.execPath, script('tensorflow-contender.ts'), kind, ...place],
    environment: { ...tensorFlowEnvironment, ...(threads > 0 && threadLimit(threads)) },
  });
  const torch = (name: string, precision: Precision, ...flags: string[]) => ({
    name,
    precision,
    command: [torchPython!, script('pytorch_unet.py'), ...place, limit, precision, ...flags],
    // torch.compile would keep processes ready that compile more, at 300 MB each.
    environment: { TORCHINDUCTOR_COMPILE_THREADS: '1' },
  });
  const python = (precision: Precision) => ({
    name: 'Python tf.function',
    precision,
    command: [tensorflowPython!, script('tensorflow_unet.py'), ...place, limit, precision],
    environment: tensorFlowEnvironment,
  });
  const formats = ['float32', 'bfloat16'] as const;
  const found: ContenderOptions[] = [
    ...(all ? [tensorflow('TensorFlow.js, stock', 'stock'), tensorflow('this project, eager', 'eager')] : []),
    ...(all ? [tensorflow('this project, stock convolutions', 'untuned')] : []),
    tensorflow('this project', 'compiled'),
    tensorflow('this project', 'bfloat16', 'bfloat16'),
    tensorflow('this project, recomputing', 'recompute'),
    tensorflow('this project, recomputing', 'bfloat16-recompute', 'bfloat16'),
    ...(torchPython ? formats : []).flatMap((precision) => [
      torch(PYTORCH, precision),
      torch(`${PYTORCH}, channels last`, precision, '--channels-last'),
      ...(torchCompile ? [torch(`${PYTORCH}, compiled`, precision, '--channels-last', '--compile')] : []),
    ]),
    ...(tensorflowPython ? formats.map(python) : []),
  ];
  return found.filter(({ name }) => !only || only.some((part) => name.includes(part)));
}

/** Measures all contenders at one size. */
async function measure(place: BenchSize, options: BenchOptions, results: BenchResults): Promise<void> {
  const running: Contender[] = [];
  const start = async (one: ContenderOptions) => {
    const contender = await Contender.start(one);
    running.push(contender);
    return contender;
  };
  try {
    const peakCommand = [process.execPath, resolve(import.meta.dir, 'tensorflow-contender.ts'), 'peak', '64', '1'];
    const peak = await start({
      name: 'peak',
      precision: 'float32',
      command: peakCommand,
      environment: tensorFlowEnvironment,
    });
    const entrants: Contender[] = [];
    for (const one of contenders(place, options)) {
      const contender = await start(one);
      await contender.warmUp();
      entrants.push(contender);
      say(`${sizeName(place)}: ${one.name} (${one.precision}) is ready after ${contender.startSeconds.toFixed(1)} s`);
    }
    requireSameModel(entrants);
    let best = 0;
    for (let round = 1; round <= options.rounds; round += 1) {
      best = Math.max(best, (await peak.ask('train')).value);
      for (const contender of entrants) {
        await contender.run('train');
        await contender.run('infer');
      }
      const times = entrants.map(
        ({ name, precision, seconds }) => `${name} (${precision}) ${seconds.train.at(-1)!.toFixed(2)}`,
      );
      say(`${sizeName(place)}: round ${round} of ${options.rounds}: ${times.join(', ')}`);
    }
    for (const contender of running) await contender.end();
    results.peak[sizeName(place)] = best;
    // Loaded here, since the model brings TensorFlow with it, which takes a second.
    const { convolutionOperations } = await import('./operations');
    const operations = convolutionOperations(place.size, place.batch, CLASSES);
    for (const contender of entrants)
      results.measurements.push(measurementOf(contender, place.size, place.batch, operations));
  } finally {
    for (const contender of running) contender.kill();
  }
}

function requireSameModel(entrants: readonly Contender[]): void {
  const counts = new Set(entrants.map(({ parameters }) => parameters));
  if (counts.size > 1) throw new Error(`the models differ: ${entrants.map((one) => `${one.name} ${one.parameters}`)}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function main(options: BenchOptions): Promise<void> {
  const { rounds, output } = options;
  const results: BenchResults = {
    machine: machine(),
    startedAt: new Date().toISOString(),
    rounds,
    peak: {},
    measurements: [],
  };
  mkdirSync(output, { recursive: true });
  for (const place of options.sizes) {
    await measure(place, options, results);
    writeFileSync(join(output, 'bench.json'), `${JSON.stringify(results, null, 1)}\n`);
    writeFileSync(join(output, 'bench.md'), benchMarkdown(results));
  }
  await writeFigure(output, benchFigure(results));
  process.stdout.write(benchMarkdown(results));
}

function sizes(text: string): BenchSize[] {
  return text.split(',').map((entry) => {
    const [size, batch] = entry.split('x').map(Number);
    if (!(size % 32 === 0 && size > 0 && batch > 0))
      throw new InvalidArgumentError('expected pixels x batch, such as 64x8,128x4; 32 must divide the pixels');
    return { size, batch };
  });
}

new Command('bench')
  .description('Times a training step and a prediction of the same U-Net in several programs, in turns.')
  .option('--sizes <list>', 'pixels x batch, separated by commas', sizes, sizes('64x8,128x4,256x2'))
  .option('--rounds <count>', 'how often each is timed', Number, 5)
  .option('--threads <count>', 'of each contender; 0 leaves it to the library', Number, 0)
  .option('--torch-python <path>', 'a Python with torch, for PyTorch')
  .option('--tensorflow-python <path>', 'a Python with tensorflow, for tf.function')
  .option('--torch-compile', 'also PyTorch compiled by torch.compile, which takes minutes')
  .option('--all', 'also TensorFlow.js as it is, and variants; more memory and time')
  .option('--only <names...>', 'contenders whose names contain one of these')
  .option('--output <folder>', 'where the results go', 'results/bench')
  .action(main)
  .parseAsync();
