import { expect, test } from 'bun:test';
import { ProgressLine, progressText } from '../../../src/report/notebook/progress-line';

test('a line tells how far it is and how long it will take', () => {
  // 25 of 100 in 10 s, five of them before it began: 20 in 10 s, so 75 take 37.5 s.
  expect(progressText('training', 25, 100, 10, 'loss 0.412', 5)).toBe(
    'training █████░░░░░░░░░░░░░░░ 25 % · 25 of 100 · loss 0.412 · 38 s left',
  );
});

test('each line covers the one before, and the last stays', () => {
  const written: string[] = [];
  const progress = new ProgressLine('a', 0, (text) => written.push(text));
  progress.update(1, 2, 'a long detail');
  progress.update(2, 2);
  const [first, last] = written;
  expect([first.at(-1), last.at(-1)]).toEqual(['\r', '\n']);
  expect(last.length).toBe(first.length);
  expect(last).toContain('2 of 2');
});
