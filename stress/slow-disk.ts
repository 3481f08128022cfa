/** A training on a disk that takes long for everything. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { outcome, problemsOf } from './left-behind';
import { builtForNode, failingDisk, onDisk, run } from './processes';
import { tinyRun } from './tiny-run';

/** @param folder an empty one, or none yet */
export async function slowDisk(folder: string): Promise<{ seconds: number; secondsElse: number; problems: string[] }> {
  const [program, library] = [await builtForNode('train-process.ts'), failingDisk()];
  const cwd = join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  const train = (name: string, env?: Record<string, string>) => {
    tinyRun(folder, name, { epochs: 4 });
    return run(['node', program, join(folder, `${name}.yaml`)], { cwd, env });
  };
  const plain = await train('plain');
  const place = join(folder, 'slow');
  const slow = await train('slow', onDisk(library, { folder: place, delay: 100_000 }));
  const problems = [plain, slow].flatMap(({ exitCode, output }) => (exitCode === 0 ? [] : [output]));
  if (problems.length === 0) {
    problems.push(...problemsOf(place));
    if (JSON.stringify(outcome(place)) !== JSON.stringify(outcome(join(folder, 'plain')))) problems.push('other bits');
  }
  return { seconds: slow.seconds, secondsElse: plain.seconds, problems };
}
