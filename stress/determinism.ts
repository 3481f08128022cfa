/** The same training several times, in Node and in Bun. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { outcome } from './left-behind';
import { builtForNode, run } from './processes';
import { type TinyRunOptions, tinyRun } from './tiny-run';

/**
 * Trains twice in Node and twice in Bun, each time in a new process.
 *
 * @param folder an empty one, or none yet
 * @returns what each left, by `node 1`, `node 2`, `bun 1`, `bun 2`
 */
export async function repeatedTraining(
  folder: string,
  options: TinyRunOptions,
): Promise<Record<string, ReturnType<typeof outcome>>> {
  const cwd = join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  const commands = {
    node: ['node', await builtForNode('train-process.ts')],
    bun: [process.execPath, join(import.meta.dir, 'train-process.ts')],
  };
  const train = async (runtime: keyof typeof commands, number: number) => {
    const name = `${runtime}-${number}`;
    tinyRun(folder, name, options);
    const { exitCode, output } = await run([...commands[runtime], join(folder, `${name}.yaml`)], { cwd });
    if (exitCode !== 0) throw new Error(output);
    return [`${runtime} ${number}`, outcome(join(folder, name))] as const;
  };
  // The first may time convolutions, which the others then go by; beside one another they may run all the same.
  const first = await train('node', 1);
  const others = await Promise.all([train('node', 2), train('bun', 1), train('bun', 2)]);
  return Object.fromEntries([first, ...others]);
}
