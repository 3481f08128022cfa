import os from 'node:os';
import { type Figure, INK, type PlotlyTrace, themedLayout } from '../src/report/figures/figure';
import { ABSENT, type Table, toMarkdown } from '../src/tables/tables';
import type { Contender, Precision, Task } from './contender';

/** One contender at one size. */
export interface Measurement {
  contender: string;
  precision: Precision;
  version: string;
  size: number;
  batch: number;
  /** Of each round, in order. */
  seconds: Record<Task, number[]>;
  startSeconds: number;
  memoryMiB: number;
  /** Operations of the convolutions, see {@link convolutionOperations}. */
  operations: Record<Task, number>;
}

export interface BenchResults {
  machine: { cpu: string; cores: number; memoryGiB: number; load: number[] };
  startedAt: string;
  rounds: number;
  /** The most operations per second that a single convolution reached in any round, by size and batch. */
  peak: Record<string, number>;
  measurements: Measurement[];
}

/** Contenders whose names begin so are what the others are compared with. */
export const PYTORCH = 'PyTorch';

export const machine = () => ({
  cpu: os.cpus()[0].model.trim(),
  cores: os.availableParallelism(),
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  /** Of the machine when the bench began, over 1, 5 and 15 minutes: what else ran disturbs the figures. */
  load: os.loadavg(),
});

export function measurementOf(
  contender: Contender,
  size: number,
  batch: number,
  operations: Record<Task, number>,
): Measurement {
  const { name, precision, version, seconds, startSeconds, memoryMiB } = contender;
  return { contender: name, precision, version, size, batch, seconds, startSeconds, memoryMiB, operations };
}

export const sizeName = ({ size, batch }: { size: number; batch: number }) => `${size} px, batch ${batch}`;

/** One row for each contender and size, a table for each task. */
export function benchTable(results: BenchResults, task: Task): Table {
  const rows = results.measurements.map((measurement) => {
    const { batch, contender, precision, operations, memoryMiB, startSeconds } = measurement;
    const peers = results.measurements.filter(
      (one) => one.contender.startsWith(PYTORCH) && one.precision === precision && sameSize(one, measurement),
    );
    const lowest = Math.min(...measurement.seconds[task]);
    const share = operations[task] / lowest / results.peak[sizeName(measurement)];
    return [
      sizeName(measurement),
      contender,
      precision,
      ...[lowest, median(measurement.seconds[task])].map((value) => decimals(value, 3)),
      decimals(batch / lowest, 1),
      decimals(lowest / Math.min(...peers.map(({ seconds }) => Math.min(...seconds[task]))), 2),
      Number.isFinite(share) ? `${Math.round(100 * share)} %` : ABSENT,
      decimals(memoryMiB, 0),
      decimals(memoryMiB / Math.min(...peers.map((one) => one.memoryMiB)), 2),
      decimals(startSeconds, 1),
    ];
  });
  const unit = task === 'train' ? 's per step' : 's per batch';
  return {
    header: [
      ...['Size', 'Contender', 'precision', `${unit}, lowest`, 'median', 'images per second', 'x fastest PyTorch'],
      ...['of float32 peak', 'memory, MiB', 'x leanest PyTorch', 'first step, s'],
    ],
    rows,
    text: [0, 1, 2],
  };
}

export function benchMarkdown(results: BenchResults): string {
  const { cpu, cores, memoryGiB, load } = results.machine;
  const versions = [...new Set(results.measurements.map(({ version }) => version))].join(', ');
  const peaks = Object.entries(results.peak).map(([size, peak]) => `${(peak / 1e9).toFixed(0)} GFLOP/s at ${size}`);
  return `# The same U-Net, step by step

${cpu}, ${cores} cores, ${memoryGiB} GiB; ${versions}; ${results.startedAt.slice(0, 10)}; load before ${load[0].toFixed(1)}.
Full width, batch normalisation. Every contender in its own process, ${results.rounds} rounds in turns; ratios are of the
lowest times, to the fastest PyTorch of any kind (contiguous, channels last, compiled) in the same number format, and of
memory to the PyTorch that held least. Share of peak: the convolutions' operations per second over the most that one
convolution alone reached in float32 (${peaks.join(', ')}). First step: getting ready and the first training step; memory:
the most the process held.

## Training step

${toMarkdown(benchTable(results, 'train'))}
## Inference

${toMarkdown(benchTable(results, 'infer'))}`;
}

/** One for each contender; bfloat16 is hatched. */
const COLORS = ['#d00000', '#c9ccd1', '#8d939c', '#4d535c', '#e9a23b', '#7b4fa3', '#2f7d6d', '#1d4f91'];

/** Seconds per training step of each contender. */
export function benchFigure(results: BenchResults): Figure {
  const sizes = [...new Set(results.measurements.map(sizeName))];
  const fullName = ({ contender, precision }: Measurement) => `${contender}, ${precision}`;
  const names = [...new Set(results.measurements.map(fullName))];
  const contenders = [...new Set(results.measurements.map(({ contender }) => contender))];
  const formats = new Map(results.measurements.map((one) => [fullName(one), one]));
  const lowest = (name: string, size: string) => {
    const found = results.measurements.find((one) => fullName(one) === name && sizeName(one) === size);
    return found ? Math.min(...found.seconds.train) : null;
  };
  const data = names.map(
    (name): PlotlyTrace => ({
      type: 'bar',
      name,
      x: sizes,
      y: sizes.map((size) => lowest(name, size)),
      text: sizes.map((size) => lowest(name, size)?.toFixed(2) ?? ''),
      textposition: 'outside',
      textangle: 0,
      cliponaxis: false,
      textfont: { size: 12, color: INK },
      marker: {
        color: COLORS[contenders.indexOf(formats.get(name)!.contender) % COLORS.length],
        pattern: {
          shape: formats.get(name)!.precision === 'bfloat16' ? '/' : '',
          ...{ fillmode: 'overlay', fgcolor: '#ffffff', size: 8, solidity: 0.2 },
        },
      },
      hovertemplate: '%{x}: %{y:.2f} s',
    }),
  );
  const { cpu, cores } = results.machine;
  return {
    name: 'training-step',
    description: `Seconds per training step of the same U-Net: ${names.join(', ')} at ${sizes.join('; ')}`,
    data,
    layout: themedLayout(
      'Seconds per training step, the same U-Net',
      `Lowest of ${results.rounds} rounds in turns; ${cpu}, ${cores} cores`,
      { width: 900, height: 470, labels: names },
      {
        barmode: 'group',
        bargap: 0.25,
        xaxis: { showline: true, showgrid: false },
        yaxis: { title: 'Seconds', rangemode: 'tozero' },
      },
    ),
  };
}

function sameSize(a: Measurement, b: Measurement): boolean {
  return a.size === b.size && a.batch === b.batch;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function decimals(value: number, count: number): string {
  return Number.isFinite(value) ? value.toFixed(count) : ABSENT;
}
