import { existsSync, readdirSync } from 'node:fs';
import { type Holder, holderOf } from '../../files/folder-lock';
import { type RunRecord, readRunRecord } from './run-record';
import { type RunStatus, statusOf } from './run-status';

/**
 * - `finished`: every notebook went through;
 * - `running`: a process holds the folder;
 * - `failed`: a notebook failed, or the run could not go on;
 * - `interrupted`: it was ended from outside, or its process is gone; it would resume;
 * - `not started`: only the experiment is there;
 * - `by hand`: made by notebooks in JupyterLab, without the runner.
 */
export type RunState = 'finished' | 'running' | 'failed' | 'interrupted' | 'not started' | 'by hand';

export interface RunSituation {
  state: RunState;
  record?: RunRecord;
  /** Of a run that is running. */
  holder?: Holder;
  status?: RunStatus;
}

/** What is known of a run from its folder alone. */
export function situationOf(folder: string): RunSituation {
  const holder = holderOf(folder);
  const record = readRunRecord(folder);
  if (holder) return { state: 'running', record, holder, status: statusOf(folder) };
  if (record) return { state: record.state === 'running' ? 'interrupted' : record.state, record };
  return { state: isUntouched(folder) ? 'not started' : 'by hand' };
}

/** What the runner itself puts into a folder before anything runs. */
const beforehand = ['experiment.yaml', 'run.log', 'from-the-beginning'];

function isUntouched(folder: string): boolean {
  if (!existsSync(folder)) return true;
  return readdirSync(folder).every((name) => beforehand.includes(name) || name.startsWith('.lock'));
}

/** Seconds that the run took, or takes so far. */
export function secondsOf({ record, state }: RunSituation, now = Date.now()): number | undefined {
  if (!record) return undefined;
  const current = state === 'running' && !record.ended ? (now - Date.parse(record.resumed)) / 1000 : 0;
  return record.seconds + current;
}

/** What went wrong, in a line. */
export function problemOf({ state, record }: RunSituation): string | undefined {
  if (state === 'interrupted' && record?.state === 'running') return 'its process is gone';
  return record?.headline ?? record?.error?.split('\n').find((line) => line.trim() !== '');
}
