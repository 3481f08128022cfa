import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RunError } from '../errors';
import { writeFile } from '../files/write-file';

/** Each epoch is one line of this file in the run folder, written as it ends. */
export const HISTORY_FILE = 'history.jsonl';

const epochRecord = z.object({
  /** Counted from 1. */
  epoch: z.number().int().positive(),
  /** Of its last step. */
  learningRate: z.number(),
  /** Mean cross-entropy a pixel (or an example) over the epoch's training batches, in nats. */
  trainingLoss: z.number(),
  /** The same over the validation split, with batch normalisation's running statistics. */
  validationLoss: z.number(),
  /** Share of validation pixels (or examples) whose class is right, 0 to 1. */
  validationAccuracy: z.number(),
  /** Wall time of the epoch with its validation. */
  seconds: z.number(),
  /** Share of `seconds` that training steps waited for their batches, 0 to 1; absent in older files. */
  waiting: z.number().optional(),
  /** Whether the validation loss was the lowest so far, so that this epoch's weights became the best checkpoint. */
  best: z.boolean(),
});

/** What one epoch left behind; one line of `history.jsonl`. */
export type EpochRecord = z.infer<typeof epochRecord>;

/**
 * The epoch whose checkpoint is kept as the best.
 *
 * @returns the record with the lowest validation loss, the earliest of equals; undefined for an empty history
 */
export function lowestLoss(history: readonly EpochRecord[]): EpochRecord | undefined {
  return history.reduce<EpochRecord | undefined>(
    (lowest, record) => (lowest && lowest.validationLoss <= record.validationLoss ? lowest : record),
    undefined,
  );
}

/**
 * Whether a training ends after these epochs: all are done, or as many as its patience have gone by without a validation
 * loss lower than before.
 */
export function isOver(
  history: readonly EpochRecord[],
  { epochs, patience }: { epochs: number; patience: number | null },
): boolean {
  if (history.length >= epochs) return true;
  const since = history.length - (lowestLoss(history)?.epoch ?? history.length);
  return patience !== null && since >= patience;
}

/** Writes the history of a run's folder, whole or not at all. */
export function writeHistory(folder: string, history: readonly EpochRecord[]): void {
  writeFile(join(folder, HISTORY_FILE), history.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/**
 * @returns what a run's folder holds of epochs; empty where there is no history
 * @throws RunError that names the line which is no record
 */
export function readHistory(folder: string): EpochRecord[] {
  const file = join(folder, HISTORY_FILE);
  return existsSync(file) ? parseHistory(readFileSync(file, 'utf8'), file) : [];
}

/**
 * @param file names the text in errors
 * @returns the records of a `history.jsonl`, in the order written
 * @throws RunError that names the line which is no record
 */
export function parseHistory(text: string, file = HISTORY_FILE): EpochRecord[] {
  const lines = text.split('\n').filter((line) => line.length > 0);
  return lines.map((line, index) => {
    const record = parseJson(line);
    if (epochRecord.safeParse(record).success) return record as EpochRecord;
    throw new RunError(`${file}:${index + 1}: is no record of an epoch`, 'start the run again with --fresh');
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
