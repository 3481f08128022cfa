import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeFile } from '../../files/write-file';

const fileName = 'run.json';

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

/** A notebook of the run that went through. */
const notebookRecord = z.object({
  name: z.string(),
  /** Hash of the cells and parameters that were executed, and of the job's version. */
  digest: z.string(),
  seconds: z.number(),
  /** ISO 8601. */
  ended: z.string(),
});

/**
 * `run.json`: what the runner itself knows of a run. It is replaced whole at each turn; "finished" is written last, when
 * every notebook went through. A run whose process was killed stays "running" here, without anyone holding the folder.
 */
const runRecord = z.object({
  state: z.enum(['running', 'finished', 'failed', 'interrupted']),
  /** Those that went through, in their order. */
  notebooks: z.array(notebookRecord),
  /** How many notebooks the run has. */
  total: z.number(),
  /** How often it was started, the first time included. */
  attempts: z.number(),
  /** ISO 8601; of the first attempt and of the last. */
  started: time,
  resumed: time,
  /** Of the last attempt; null while it runs. */
  ended: time.nullable(),
  /** That all attempts took together, but for those whose process was killed. */
  seconds: z.number(),
  /** What went wrong, of a run that failed or was interrupted. */
  error: z.string().optional(),
  /** Its one line, where the error has one of its own. */
  headline: z.string().optional(),
});
export type RunRecord = z.infer<typeof runRecord>;

/** Older files lack what came later. */
const storedRecord = runRecord.partial({ total: true, attempts: true, resumed: true, ended: true, seconds: true });

export function writeRunRecord(folder: string, record: RunRecord): void {
  writeFile(path.join(folder, fileName), `${JSON.stringify(record, null, 2)}\n`);
}

/** Undefined where the runner has not been, or the file is damaged. */
export function readRunRecord(folder: string): RunRecord | undefined {
  try {
    const record = storedRecord.parse(JSON.parse(readFileSync(path.join(folder, fileName), 'utf8')));
    const { notebooks, started, total = notebooks.length, attempts = 1, resumed = started, ended = null } = record;
    const whole = ended ? (Date.parse(ended) - Date.parse(started)) / 1000 : 0;
    return { ...record, total, attempts, resumed, ended, seconds: record.seconds ?? whole };
  } catch {
    return undefined;
  }
}

/**
 * How many notebooks need not run again: those at the beginning that went through, unchanged since.
 *
 * @param digests of the notebooks as they are now, in their order
 */
export function finishedNotebooks(record: RunRecord | undefined, digests: readonly string[]): number {
  const first = digests.findIndex((digest, index) => record?.notebooks[index]?.digest !== digest);
  return first < 0 ? digests.length : first;
}
