/**
 * Trains an experiment in a process of its own: `node train-process.cjs <experiment.yaml> [resources.json]`, or under Bun.
 * A mistake of the reader's ends it with code 1 and its message. The second file receives what the process held after each
 * tenth step: `[steps, resident bytes, open descriptors]`.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { UserError } from '../src/errors';
import { openRun } from '../src/experiment/run-folder';
import { trainRun } from '../src/study/train';

async function main(file: string, resources?: string): Promise<void> {
  const samples: [number, number, number][] = [];
  let steps = 0;
  const onStep = () => {
    steps += 1;
    if (!resources || steps % 10 > 0) return;
    samples.push([steps, process.memoryUsage().rss, readdirSync('/proc/self/fd').length]);
  };
  try {
    await trainRun(openRun(file), { onStep, onEpoch: ({ epoch }) => console.log(`epoch ${epoch}`) });
  } catch (error) {
    console.error(error instanceof UserError ? `UserError: ${error.message}` : error);
    process.exitCode = 1;
  }
  if (resources) writeFileSync(resources, JSON.stringify(samples));
}

main(process.argv[2], process.argv[3]);
