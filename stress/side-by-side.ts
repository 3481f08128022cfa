/** Several trainings at once that share a results folder, a generated data set and the cache of prepared scenes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcome, problemsOf, unfinished } from './left-behind';
import { builtForNode, failingDisk, onDisk, run } from './processes';
import { tinyRun } from './tiny-run';

export interface SideBySideReport {
  runs: number;
  /** Scenes that were drawn and prepared, and how often each at most. */
  scenes: number;
  drawnAtMost: number;
  preparedAtMost: number;
  problems: string[];
  seconds: number;
}

/** @param folder an empty one */
export async function sideBySide(folder: string, runs: number): Promise<SideBySideReport> {
  const [program, library] = [await builtForNode('train-process.ts'), failingDisk()];
  const cwd = join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  const log = join(folder, 'renamed.log');
  writeFileSync(log, '');
  const train = (name: string, seed: number, env?: Record<string, string>) => {
    tinyRun(folder, name, { epochs: 2, scenes: 24, seed });
    return run(['node', program, join(folder, `${name}.yaml`)], { cwd, env });
  };
  const started = performance.now();
  const numbers = Array.from({ length: runs }, (_, index) => index + 1);
  const env = onDisk(library, { folder, log });
  const ended = await Promise.all(numbers.map((number) => train(`run-${number}`, number, env)));
  const seconds = (performance.now() - started) / 1000;

  const problems = ended.flatMap(({ exitCode, output }) => (exitCode === 0 ? [] : [output]));
  // What each would have made alone.
  for (const number of [1, runs]) {
    await train(`alone-${number}`, number);
    const [beside, alone] = [`run-${number}`, `alone-${number}`].map((name) => outcome(join(folder, name)));
    // A checkpoint names the training it belongs to, whatever its folder, so all bytes are the same.
    if (JSON.stringify(beside) !== JSON.stringify(alone)) problems.push(`run ${number} has other bits than alone`);
  }
  problems.push(...numbers.flatMap((number) => problemsOf(join(folder, `run-${number}`))));
  if (unfinished(folder).length > 0) problems.push(`left ${unfinished(folder).join(', ')}`);

  const counts = new Map<string, number>();
  for (const file of readFileSync(log, 'utf8').trimEnd().split('\n')) counts.set(file, (counts.get(file) ?? 0) + 1);
  const most = (ending: string) =>
    Math.max(0, ...[...counts].filter(([file]) => file.endsWith(ending)).map(([, n]) => n));
  const scenes = [...counts.keys()].filter((file) => file.endsWith('.sample')).length;
  return { runs, scenes, drawnAtMost: most('leftImg8bit.png'), preparedAtMost: most('.sample'), problems, seconds };
}
