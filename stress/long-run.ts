/** A training of many steps, with what its process holds meanwhile: memory, descriptors, files. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtForNode, run } from './processes';
import { tinyRun } from './tiny-run';

export interface LongRunReport {
  steps: number;
  epochs: number;
  /** Resident memory: the mean of each fifth of the steps. The garbage collector makes it a saw. */
  megabytes: number[];
  /** Slope of the straight line through the resident memory of the second half, kilobytes per step. */
  kilobytesAStep: number;
  descriptorsEarly: number;
  descriptorsAtEnd: number;
  historyLines: number;
  /** In the run folder at the end. */
  files: number;
  seconds: number;
  samples: Held[];
}

/** Steps done, resident bytes, open descriptors. */
type Held = [steps: number, bytes: number, descriptors: number];

/** @param folder an empty one */
export async function longRun(folder: string, steps: number): Promise<LongRunReport> {
  const program = await builtForNode('train-process.ts');
  const cwd = join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  // 20 steps an epoch, each closed by validation and two checkpoints.
  const epochs = Math.ceil(steps / 20);
  tinyRun(folder, 'long', { epochs, scenes: 60, compile: true, learningRate: 1e-4 });
  const resources = join(folder, 'resources.json');
  const { exitCode, output, seconds } = await run(['node', program, join(folder, 'long.yaml'), resources], { cwd });
  if (exitCode !== 0) throw new Error(output);
  const all = JSON.parse(readFileSync(resources, 'utf8')) as Held[];
  const [early, end] = [all[Math.floor(all.length / 10)], all[all.length - 1]];
  const place = join(folder, 'long');
  return {
    steps: end[0],
    epochs,
    megabytes: Array.from({ length: 5 }, (_, fifth) =>
      meanMegabytes(all, (fifth * steps) / 5, ((fifth + 1) * steps) / 5),
    ),
    kilobytesAStep: slope(all.filter(([step]) => step > steps / 2).map(([step, bytes]) => [step, bytes / 1e3])),
    descriptorsEarly: early[2],
    descriptorsAtEnd: end[2],
    historyLines: readFileSync(join(place, 'history.jsonl'), 'utf8').trimEnd().split('\n').length,
    files: readdirSync(place, { recursive: true }).length,
    seconds,
    samples: all,
  };
}

function meanMegabytes(samples: readonly Held[], after: number, upTo: number): number {
  const held = samples.filter(([step]) => step > after && step <= upTo).map(([, bytes]) => bytes / 1e6);
  return held.reduce((sum, megabytes) => sum + megabytes, 0) / held.length;
}

/** Of the straight line through points with the least squares. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}
