import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeFile } from '../experiment/write-file';

/** `run.json`: written last, so its presence says that every notebook of the run went through. */
export interface CompletionRecord {
  state: 'finished';
  notebooks: { name: string; seconds: number }[];
  /** ISO 8601. */
  started: string;
  ended: string;
}

const fileName = 'run.json';

export function writeCompletionRecord(folder: string, record: CompletionRecord): void {
  writeFile(path.join(folder, fileName), `${JSON.stringify(record, null, 2)}\n`);
}

export function removeCompletionRecord(folder: string): void {
  rmSync(path.join(folder, fileName), { force: true });
}

/** The record of a run folder, or undefined if the run has not finished. */
export function readCompletionRecord(folder: string): CompletionRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path.join(folder, fileName), 'utf8')) as CompletionRecord;
    return record.state === 'finished' ? record : undefined;
  } catch {
    return undefined;
  }
}

export function isFinished(folder: string): boolean {
  return readCompletionRecord(folder) !== undefined;
}
