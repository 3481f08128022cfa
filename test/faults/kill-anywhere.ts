/**
 * Ends a training with SIGKILL at random moments, half of them by the clock and half between two operations on the disk
 * (a write, fsync, rename or deletion, so also in the middle of a checkpoint); then lets it go on to its end and compares
 * every byte with a training that was never disturbed.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/data/random';
import { trainRun } from '../../src/training/train-run';
import { outcome, problemsOf, unfinished } from './left-behind';
import { builtForNode, failingDisk, onDisk, run } from './processes';
import { tinyRun } from './tiny-run';

export interface KillOptions {
  kills: number;
  seed?: number;
  epochs?: number;
  compile?: boolean;
  /** Where a training that was killed goes on: in a Node process like the first, or here, under Bun. */
  resumeIn?: 'node' | 'bun';
  onKill?: (done: number, what: string) => void;
}

export interface KillReport {
  kills: number;
  byClock: number;
  betweenDiskOperations: number;
  /** Operations on the run folder that a whole training takes. */
  diskOperations: number;
  /** Kills that left something half written beside a file, which no reader takes for the file. */
  leftUnfinished: number;
  /** Trainings that were resumed after some epochs, not from the beginning. */
  resumed: number;
  /** What was wrong right after a kill, or other bits at the end; none is what is hoped for. */
  problems: string[];
}

/** @param folder an empty one, or none yet */
export async function killAnywhere(folder: string, options: KillOptions): Promise<KillReport> {
  const { kills, seed = 1, epochs = 6, compile = false, resumeIn = 'node', onKill } = options;
  const [program, library] = [await builtForNode('train-process.ts'), failingDisk()];
  const random = createRandom(seed).fork('kills');
  // Where the cache goes; results lie beside it.
  const cwd = join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  const train = (name: string, how: { env?: Record<string, string>; killAfter?: number } = {}) => {
    tinyRun(folder, name, { epochs, compile });
    return run(['node', program, join(folder, `${name}.yaml`)], { cwd, ...how });
  };

  /** @returns the first epoch that was trained anew, one more than there are when none was. */
  const resumeInNode = async () => {
    const { exitCode, output } = await train('killed');
    const first = Number(/epoch (\d+)/.exec(output)?.[1] ?? epochs + 1);
    return { first, failure: exitCode === 0 ? undefined : output };
  };
  const resumeHere = async () => {
    let first = epochs + 1;
    const onEpoch = ({ epoch }: { epoch: number }) => {
      first = Math.min(first, epoch);
    };
    const training = trainRun(tinyRun(folder, 'killed', { epochs, compile }), { onEpoch });
    const failure = await training.then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { first, failure };
  };

  // Times the convolutions, which no other then has to.
  if (compile) await train('first');
  const count = join(folder, 'operations');
  const whole = await train('whole', { env: onDisk(library, { folder: join(folder, 'whole'), count }) });
  if (whole.exitCode !== 0) throw new Error(whole.output);
  const expected = JSON.stringify(outcome(join(folder, 'whole')));
  const diskOperations = Number(readFileSync(count, 'utf8'));

  const report = { kills, byClock: 0, betweenDiskOperations: 0, diskOperations, leftUnfinished: 0, resumed: 0 };
  const problems: string[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const at = join(folder, 'killed');
    rmSync(at, { recursive: true, force: true });
    const byClock = kill % 2 === 0;
    const place = byClock ? random.uniform(0.3, 1) * whole.seconds : 1 + random.integer(diskOperations);
    const what = byClock ? `after ${place.toFixed(2)} s` : `before disk operation ${place}`;
    const env = onDisk(library, { folder: at, at: place, action: 'kill' });
    const ended = await train('killed', byClock ? { killAfter: 1000 * place } : { env });
    report[byClock ? 'byClock' : 'betweenDiskOperations'] += 1;
    if (ended.signal !== 'SIGKILL' && !byClock) problems.push(`${what}: was not killed: ${ended.output}`);
    problems.push(...problemsOf(at).map((problem) => `${what}: ${problem}`));
    if (unfinished(at).length > 0) report.leftUnfinished += 1;
    const { first, failure } = await (resumeIn === 'node' ? resumeInNode() : resumeHere());
    if (first > 1) report.resumed += 1;
    if (failure) problems.push(`${what}: could not be resumed: ${failure}`);
    else if (JSON.stringify(outcome(at)) !== expected) problems.push(`${what}: other bits at the end`);
    else if (unfinished(at).length > 0) problems.push(`${what}: left ${unfinished(at).join(', ')}`);
    onKill?.(kill, `${what}: resumed ${first > epochs ? 'when it was complete' : `with epoch ${first}`}`);
  }
  return { ...report, problems };
}
