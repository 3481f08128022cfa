/**
 * Disturbs a training: ends it with SIGKILL at a moment of the clock or between two operations on its files (so also in
 * the middle of a checkpoint), fills its disk, or makes it read-only. Then looks at what is left, lets the training go on
 * to its end, and compares every byte with one that was never disturbed.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../src/random';
import { trainRun } from '../src/study/train';
import { parseHistory } from '../src/training/history';
import { outcome, problemsOf, unfinished } from './left-behind';
import { builtForNode, type Ended, failingDisk, type Kill, onDisk, run } from './processes';
import { tinyRun } from './tiny-run';

export type Disturbance = 'killed by the clock' | 'killed between operations' | 'disk full' | 'disk read-only';

export interface DisturbanceOptions {
  /** In their order. */
  disturbances: readonly Disturbance[];
  seed?: number;
  epochs?: number;
  compile?: boolean;
  /** Where a disturbed training goes on: in a Node process like the first, or here, under Bun. */
  resumeIn?: 'node' | 'bun';
  onDisturbance?: (what: string) => void;
}

export interface DisturbanceReport {
  /** How often the training was disturbed, by kind. */
  disturbed: Partial<Record<Disturbance, number>>;
  /** Operations on the run folder that a whole training takes. */
  operations: number;
  /** Disturbances that left something half written beside a file, which no reader takes for the file. */
  leftUnfinished: number;
  /** Trainings that were resumed after some epochs, not from the beginning. */
  resumed: number;
  /** What was wrong right after a disturbance, or other bits at the end; none is what is hoped for. */
  problems: string[];
}

/** @param folder an empty one, or none yet */
export async function disturbedTraining(folder: string, options: DisturbanceOptions): Promise<DisturbanceReport> {
  const { disturbances, seed = 1, epochs = 6, compile = false, resumeIn = 'node', onDisturbance } = options;
  const [program, library] = [await builtForNode('train-process.ts'), failingDisk()];
  // Where the cache goes; results lie beside it.
  const cwd = join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  const train = (name: string, how: { env?: Record<string, string>; kill?: Kill } = {}) => {
    tinyRun(folder, name, { epochs, compile });
    return run(['node', program, join(folder, `${name}.yaml`)], { cwd, ...how });
  };

  // Times the convolutions, which no other then has to.
  if (compile) await train('first');
  const count = join(folder, 'operations');
  const whole = await train('whole', { env: onDisk(library, { folder: join(folder, 'whole'), count }) });
  if (whole.exitCode !== 0) throw new Error(whole.output);
  const expected = JSON.stringify(outcome(join(folder, 'whole')));
  const operations = Number(readFileSync(count, 'utf8'));
  const epochSeconds = timeOfAnEpoch(join(folder, 'whole/history.jsonl'));

  const at = join(folder, 'disturbed');
  const disturb = async (kind: Disturbance, random: Random): Promise<{ what: string; ended: Ended }> => {
    rmSync(at, { recursive: true, force: true });
    if (kind === 'killed by the clock') {
      const epoch = 1 + random.integer(epochs - 1);
      const milliseconds = random.uniform(0, 1000 * epochSeconds);
      const kill = { afterLine: `epoch ${epoch}`, milliseconds };
      const what = `${milliseconds.toFixed(0)} ms after epoch ${epoch}`;
      return { what, ended: await train('disturbed', { kill }) };
    }
    const operation = 1 + random.integer(operations);
    const action = (
      { 'killed between operations': 'kill', 'disk full': 'full', 'disk read-only': 'readonly' } as const
    )[kind];
    const env = onDisk(library, { folder: at, at: operation, action });
    return { what: `at operation ${operation}`, ended: await train('disturbed', { env }) };
  };

  const resume = async (): Promise<{ first: number; failure?: string }> => {
    const trained: number[] = [];
    if (resumeIn === 'bun') {
      const onEpoch = ({ epoch }: { epoch: number }) => void trained.push(epoch);
      const training = trainRun(tinyRun(folder, 'disturbed', { epochs, compile }), { onEpoch });
      const failure = await training.then(
        () => undefined,
        (error: Error) => error.message,
      );
      return { first: trained[0] ?? epochs + 1, failure };
    }
    const { exitCode, output } = await train('disturbed');
    const first = Number(/epoch (\d+)/.exec(output)?.[1] ?? epochs + 1);
    return { first, failure: exitCode === 0 ? undefined : output };
  };

  const report: DisturbanceReport = { disturbed: {}, operations, leftUnfinished: 0, resumed: 0, problems: [] };
  for (const [index, kind] of disturbances.entries()) {
    const random = createRandom(seed).fork(index);
    let { what, ended } = await disturb(kind, random);
    // A process may be through before the clock strikes, and the last operation writes nothing more.
    for (let attempt = 0; ended.exitCode === 0 && attempt < 5; attempt += 1)
      ({ what, ended } = await disturb(kind, random));
    const where = `${kind} ${what}`;
    const problem = (text: string) => report.problems.push(`${where}: ${text}`);
    report.disturbed[kind] = (report.disturbed[kind] ?? 0) + 1;
    for (const text of [...unexpectedEnd(kind, ended), ...(existsSync(at) ? problemsOf(at) : [])]) problem(text);
    if (existsSync(at) && unfinished(at).length > 0) report.leftUnfinished += 1;
    const { first, failure } = await resume();
    if (first > 1) report.resumed += 1;
    if (failure) problem(`could not be resumed: ${failure}`);
    else if (JSON.stringify(outcome(at)) !== expected) problem('other bits at the end');
    else if (unfinished(at).length > 0) problem(`left ${unfinished(at).join(', ')}`);
    onDisturbance?.(`${where}: resumed ${first > epochs ? 'when it was complete' : `with epoch ${first}`}`);
  }
  return report;
}

/** The mean over the epochs but the first, which warms up. */
function timeOfAnEpoch(historyFile: string): number {
  const [, ...others] = parseHistory(readFileSync(historyFile, 'utf8'), historyFile);
  return others.reduce((sum, { seconds }) => sum + seconds, 0) / others.length;
}

/** A kill ends a process by that signal; a disk that fails, by an error that names a file and the way out. */
function unexpectedEnd(kind: Disturbance, { exitCode, signal, output }: Ended): string[] {
  const message = /^UserError: .*cannot be (?:written|removed) \((ENOSPC|EROFS)\)\n.*→/m;
  const asExpected = kind.startsWith('killed') ? signal === 'SIGKILL' : exitCode === 1 && message.test(output);
  return asExpected ? [] : [`ended with ${signal ?? exitCode}: ${output.trim().split('\n').slice(-6).join(' | ')}`];
}
