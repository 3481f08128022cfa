/**
 * Trains an experiment in a process of its own: `node train-process.cjs <experiment.yaml>`, or under Bun. A mistake of the
 * reader's ends it with code 1 and its message.
 */
import { UserError } from '../../src/errors';
import { openRun } from '../../src/experiment/run-folder';
import { trainRun } from '../../src/training/train-run';

async function main(file: string): Promise<void> {
  try {
    await trainRun(openRun(file), { onEpoch: ({ epoch }) => console.log(`epoch ${epoch}`) });
  } catch (error) {
    console.error(error instanceof UserError ? `UserError: ${error.message}` : error);
    process.exitCode = 1;
  }
}

main(process.argv[2]);
