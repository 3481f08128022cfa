import { describe, expect, test } from 'bun:test';
import { stripVTControlCharacters } from 'node:util';
import { sweepSummary } from '../../../src/commands/sweep/sweep-report';
import { type SweepRow, sweepView, tableLines } from '../../../src/runner/sweep/sweep-view';

const status = { notebook: 'train.ipynb', number: 1, notebooks: 2, cell: 3, cells: 5, text: 'training 40 %' };
const rows: SweepRow[] = [
  { label: 'seed=1', folder: 'results/a', state: 'finished', seconds: 65 },
  { label: 'seed=2', folder: 'results/b', state: 'running', status, seconds: 5 },
  { label: 'seed=10', folder: 'results/c', state: 'failed', problem: 'x.ipynb, cell [2] failed:' },
  { label: 'seed=11', folder: 'results/d', state: 'waiting' },
];
const plain = (lines: string[]) => lines.map((line) => stripVTControlCharacters(line));

describe('on a terminal', () => {
  test('each run has a line', () => {
    expect(plain(tableLines(rows, 80, 20))).toEqual([
      '✔ seed=1   finished · 1 min 05 s · results/a',
      '▶ seed=2   train.ipynb 1/2 · 5.0 s · training 40 %',
      '✘ seed=10  failed · x.ipynb, cell [2] failed:',
      '· seed=11  waiting',
      '1 of 4 finished, 1 failed, 1 running, 1 waiting',
    ]);
  });

  test('where they do not fit, those that are running or failed, cut to its width', () => {
    expect(plain(tableLines(rows, 24, 4))).toEqual([
      '▶ seed=2   train.ipynb ',
      '✘ seed=10  failed · x.i',
      '1 of 4 finished, 1 failed, 1 running, 1 waiting',
    ]);
  });
});

test('in a log there is a line for each change, and no more', () => {
  let written = '';
  const view = sweepView({ write: (text) => (written += text) });
  view(rows);
  view(rows);
  view([{ ...rows[1], state: 'finished', status: undefined }]);
  expect(written.replace(/^\d\d:\d\d:\d\d /gm, '').split('\n')).toEqual([
    'finished    seed=1  finished · 1 min 05 s · results/a',
    'running     seed=2  results/b',
    'failed      seed=10  failed · x.ipynb, cell [2] failed:',
    'finished    seed=2  finished · 5.0 s · results/b',
    '',
  ]);
});

test('the end lists every run that did not finish', () => {
  expect(sweepSummary(rows.slice(0, 3))).toBe(
    '1 of 3 finished, 1 failed, 1 running\n\nrunning: seed=2\n  results/b\n\nfailed: seed=10\n  results/c\n  x.ipynb, cell [2] failed:',
  );
});
