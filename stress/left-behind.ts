/** What a training leaves in its folder, to be compared, and what must be true of it at any moment. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTensorFlowJsWeights } from '../src/model/weights/tensorflow-js';
import type { CheckpointMetadata } from '../src/training/checkpoint-metadata';
import { type EpochRecord, parseHistory } from '../src/training/history';

/** The history without its times, and the SHA-256 of every file of the checkpoints. */
export function outcome(folder: string) {
  const history = readHistory(folder).map(({ seconds: _, waiting: __, ...record }) => record);
  const files = ['best', 'last'].flatMap((which) => {
    const place = join(folder, 'checkpoints', which);
    return readdirSync(place)
      .sort()
      .map((name) => [
        `${which}/${name}`,
        createHash('sha256')
          .update(readFileSync(join(place, name)))
          .digest('hex'),
      ]);
  });
  return { history, files: Object.fromEntries(files) as Record<string, string> };
}

/**
 * Reads all that a process which was killed may have left, as whoever comes next would.
 *
 * @returns what is wrong with it: a file that cannot be read, a best checkpoint that is worse or older than the history
 *   says, a last one that is ahead of the history
 */
export function problemsOf(folder: string): string[] {
  const problems: string[] = [];
  try {
    const history = readHistory(folder);
    const metadata = (which: string) => {
      const file = join(folder, 'checkpoints', which, 'model.json');
      return existsSync(file) ? (readTensorFlowJsWeights(file).metadata as CheckpointMetadata) : undefined;
    };
    const [best, last] = [metadata('best'), metadata('last')];
    const lowest = history.filter((record) => record.best).pop();
    if (lowest && (!best || best.epoch < lowest.epoch || best.validationLoss > lowest.validationLoss))
      problems.push(`the best checkpoint is of epoch ${best?.epoch}, the history says ${lowest.epoch}`);
    if (last && last.epoch > history.length)
      problems.push(`the last checkpoint is of epoch ${last.epoch}, the history ends at ${history.length}`);
  } catch (error) {
    problems.push((error as Error).message);
  }
  return problems;
}

/** Names of files that are still being written, or were when the process ended. */
export function unfinished(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.new$/.test(name));
}

function readHistory(folder: string): EpochRecord[] {
  const file = join(folder, 'history.jsonl');
  return existsSync(file) ? parseHistory(readFileSync(file, 'utf8'), file) : [];
}
