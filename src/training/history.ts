/** Each epoch is one line of this file in the run folder, written as it ends. */
export const HISTORY_FILE = 'history.jsonl';

/** What one epoch left behind; one line of `history.jsonl`. */
export interface EpochRecord {
  /** Counted from 1. */
  epoch: number;
  learningRate: number;
  /** Mean cross-entropy a pixel (or an example) over the epoch's training batches, in nats. */
  trainingLoss: number;
  /** The same over the validation split, with batch normalisation's running statistics. */
  validationLoss: number;
  /** Share of validation pixels (or examples) whose class is right, 0 to 1. */
  validationAccuracy: number;
  /** Wall time of the epoch with its validation. */
  seconds: number;
  /** Share of `seconds` that training steps waited for their batches, 0 to 1; absent in older files. */
  waiting?: number;
  /** Whether the validation loss was the lowest so far, so that this epoch's weights became the best checkpoint. */
  best: boolean;
}

/** @returns one JSON line, ended by a line break. */
export function historyLine(record: EpochRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** @returns the records of a `history.jsonl`, in the order written. */
export function parseHistory(text: string): EpochRecord[] {
  return text
    .split('\n')
    .filter((line) => line.length > 0)
    .map((line) => JSON.parse(line) as EpochRecord);
}
