import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeFile } from '../../files/write-file';

/** A notebook of the run that went through. */
export interface NotebookRecord {
  name: string;
  /** Hash of the cells and parameters that were executed, and of the job's version. */
  digest: string;
  seconds: number;
  /** ISO 8601. */
  ended: string;
}

/**
 * `run.json`: what the runner itself knows of a run. It is replaced whole at each turn; "finished" is written last, when
 * every notebook went through. A run whose process was killed stays "running" here, without anyone holding the folder.
 */
export interface RunRecord {
  state: 'running' | 'finished' | 'failed' | 'interrupted';
  /** Those that went through, in their order. */
  notebooks: NotebookRecord[];
  /** How many notebooks the run has. */
  total: number;
  /** How often it was started, the first time included. */
  attempts: number;
  /** ISO 8601; of the first attempt and of the last. */
  started: string;
  resumed: string;
  /** Of the last attempt; null while it runs. */
  ended: string | null;
  /** That all attempts took together, but for those whose process was killed. */
  seconds: number;
  /** What went wrong, of a run that failed or was interrupted. */
  error?: string;
  /** Its one line, where the error has one of its own. */
  headline?: string;
}

const fileName = 'run.json';

/** Times are checked to be such; older files lack what came later. */
const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const storedRecord = z.looseObject({
  state: z.enum(['running', 'finished', 'failed', 'interrupted']),
  notebooks: z.array(z.object({ name: z.string(), digest: z.string(), seconds: z.number(), ended: z.string() })),
  total: z.number().optional(),
  attempts: z.number().optional(),
  started: time,
  resumed: time.optional(),
  ended: time.nullish(),
  seconds: z.number().optional(),
  error: z.string().optional(),
  headline: z.string().optional(),
});

export function writeRunRecord(folder: string, record: RunRecord): void {
  writeFile(path.join(folder, fileName), `${JSON.stringify(record, null, 2)}\n`);
}

/** Undefined where the runner has not been, or the file is damaged. */
export function readRunRecord(folder: string): RunRecord | undefined {
  try {
    const record = storedRecord.parse(JSON.parse(readFileSync(path.join(folder, fileName), 'utf8')));
    const { notebooks, started, total = notebooks.length, attempts = 1, resumed = started, ended = null } = record;
    const whole = ended ? (Date.parse(ended) - Date.parse(started)) / 1000 : 0;
    return { ...(record as RunRecord), total, attempts, resumed, ended, seconds: record.seconds ?? whole };
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
