import { durationText } from '../../human-units';
import { isTerminal, type Paint, paintFor, type Screen } from '../console/console-style';
import type { RunStatus } from '../runs/run-status';

export type RowState = 'finished' | 'failed' | 'running' | 'waiting' | 'queued' | 'skipped' | 'interrupted';

/** One run of a sweep as it is shown. */
export interface SweepRow {
  label: string;
  folder: string;
  state: RowState;
  /** It had finished before this sweep looked. */
  before?: boolean;
  status?: RunStatus;
  seconds?: number;
  problem?: string;
}

/** Shows all rows of a sweep; called again and again. */
export type SweepView = (rows: readonly SweepRow[]) => void;

/** A table that is drawn over itself on a terminal; elsewhere a line for each thing that happens. */
export function sweepView(out: Screen = process.stdout): SweepView {
  return isTerminal(out) ? liveTable(out) : eventLines(out);
}

const marks: Record<RowState, string> = {
  finished: '✔',
  failed: '✘',
  running: '▶',
  waiting: '·',
  queued: '·',
  skipped: '–',
  interrupted: '■',
};
const colors: Partial<Record<RowState, 'green' | 'red' | 'cyan'>> = {
  finished: 'green',
  failed: 'red',
  running: 'cyan',
};

/** Shows nothing: the end is summed up all the same. */
export const silentSweepView: SweepView = () => {};

function liveTable(out: Screen): SweepView {
  let height = 0;
  return (rows) => {
    const lines = tableLines(rows, out.columns || 80, Math.max(4, (out.rows || 24) - 2), paintFor(out));
    const up = height > 0 ? `\x1b[${height}A\x1b[J` : '';
    out.write(`${up}${lines.join('\n')}\n`);
    height = lines.length;
  };
}

/** At most so many lines: where all rows do not fit, those that are not running or failed are only counted. */
export function tableLines(
  rows: readonly SweepRow[],
  columns: number,
  height: number,
  paint: Paint = (_format, text) => text,
): string[] {
  const telling = rows.filter(({ state }) => state === 'running' || state === 'failed');
  const shown = (rows.length < height ? rows : telling).slice(0, height - 1);
  const width = Math.min(Math.max(...shown.map(({ label }) => label.length), 0), Math.floor(columns / 2));
  const lines = shown.map((row) => {
    const text = `${marks[row.state]} ${row.label.slice(0, width).padEnd(width)}  ${details(row)}`.slice(
      0,
      columns - 1,
    );
    const color = colors[row.state];
    return color ? paint(color, text) : text;
  });
  return [...lines, countsLine(rows)];
}

function eventLines(out: Screen): SweepView {
  const known = new Map<string, RowState>();
  return (rows) => {
    for (const row of rows) {
      const { folder, state, label } = row;
      const before = known.get(folder) ?? 'waiting';
      known.set(folder, state);
      if (state === before) continue;
      const time = new Date().toTimeString().slice(0, 8);
      out.write(`${time} ${state.padEnd(11)} ${label}  ${state === 'running' ? folder : details(row)}\n`);
    }
  };
}

function details({ state, status, seconds, problem, before, folder }: SweepRow): string {
  const time = seconds === undefined ? [] : [durationText(seconds)];
  if (state === 'running' && status) {
    const notebook = `${status.notebook} ${status.number}/${status.notebooks}`;
    return [notebook, ...time, status.text].filter((part) => part !== '').join(' · ');
  }
  if (state === 'finished') return [before ? 'finished before' : 'finished', ...time, folder].join(' · ');
  if (state === 'failed' || state === 'skipped' || state === 'interrupted')
    return [state, ...time, problem ?? ''].filter((part) => part !== '').join(' · ');
  return state;
}

/** `2 of 6 finished, 1 failed, 2 running, 1 waiting`. */
export function countsLine(rows: readonly SweepRow[]): string {
  const count = (state: RowState) => rows.filter((row) => row.state === state).length;
  const others = (['failed', 'interrupted', 'skipped', 'running', 'queued', 'waiting'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `, ${count(state)} ${state}`);
  return `${count('finished')} of ${rows.length} finished${others.join('')}`;
}
