/**
 * `bun run bench:prediction`: whole pictures predicted in windows, as `roadseg predict` does, by this project and by PyTorch
 * with the same windows, round by round in turns. The U-Net at full width, trained at 64 px. Writes
 * results/bench/prediction.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { toMarkdown } from '../src/tables/tables';
import { tensorFlowEnvironment } from '../src/tensorflow/environment';
import { Contender } from './contender';
import { machine } from './results';

interface PredictionOptions {
  /** Such as 2048x1024. */
  pictures: string[];
  rounds: number;
  /** A Python with torch, numpy and pillow. */
  torchPython?: string;
  output: string;
}

async function rowsOf(picture: string, { rounds, torchPython }: PredictionOptions): Promise<string[][]> {
  const script = (name: string) => resolve(import.meta.dir, name);
  const place = picture.split('x');
  const running: { contender: Contender; first: number }[] = [];
  try {
    for (const precision of ['float32', 'bfloat16'] as const) {
      const own = [process.execPath, script('prediction-contender.ts'), ...place, precision];
      const theirs = [torchPython!, script('pytorch_prediction.py'), ...place, precision];
      for (const [name, command] of [
        ['this project', own],
        ...(torchPython ? [['PyTorch, channels last', theirs]] : []),
      ]) {
        const options = {
          name: name as string,
          precision,
          command: command as string[],
          environment: tensorFlowEnvironment,
        };
        const contender = await Contender.start(options);
        running.push({ contender, first: contender.startSeconds + (await contender.ask('infer')).seconds });
      }
    }
    for (let round = 1; round <= rounds; round += 1) for (const { contender } of running) await contender.run('infer');
    for (const { contender } of running) await contender.end();
  } finally {
    for (const { contender } of running) contender.kill();
  }
  return running.map(({ contender: { name, precision, seconds, memoryMiB }, first }) => {
    const figures = [first.toFixed(2), Math.min(...seconds.infer).toFixed(3), memoryMiB.toFixed(0)];
    return [picture, name, precision, ...figures];
  });
}

async function main(options: PredictionOptions): Promise<void> {
  const { cpu, cores, load } = machine();
  const rows: string[][] = [];
  for (const picture of options.pictures) rows.push(...(await rowsOf(picture, options)));
  const header = ['Picture', 'Contender', 'precision', 'first, s', 'later, lowest, s', 'memory, MiB'];
  const text = `# Whole pictures

${cpu}, ${cores} cores; ${new Date().toISOString().slice(0, 10)}; load before ${load[0].toFixed(1)}; ${options.rounds} rounds in turns. Full width, windows as
high as the picture seen at 64 px, neighbours overlapping by half. First: building the model and the first picture.

${toMarkdown({ header, rows, text: [0, 1, 2] })}`;
  mkdirSync(options.output, { recursive: true });
  writeFileSync(join(options.output, 'prediction.md'), text);
  process.stdout.write(text);
}

new Command('prediction')
  .description('Times the prediction of whole pictures, by this project and by PyTorch.')
  .option('--pictures <list>', 'widths x heights, separated by commas', (text) => text.split(','), [
    '2048x1024',
    '8000x8000',
  ])
  .option('--rounds <count>', 'how often each is timed after a first time', Number, 3)
  .option('--torch-python <path>', 'a Python with torch, numpy and pillow, for PyTorch')
  .option('--output <folder>', 'where the results go', 'results/bench')
  .action(main)
  .parseAsync();
