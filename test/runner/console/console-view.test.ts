import { afterAll, expect, test } from 'bun:test';
import { consoleView } from '../../../src/runner/console/console-view';

// The machine that runs the tests may have a terminal that can do nothing.
const { TERM } = process.env;
process.env.TERM = 'xterm';
afterAll(() => {
  process.env.TERM = TERM ?? '';
});

/** What is written for texts that come one per second. */
function written(isTTY: boolean, ...texts: string[]): string {
  let text = '';
  let seconds = 0;
  const out = { isTTY, columns: 30, write: (piece: string) => (text += piece) };
  const view = consoleView({ out, now: () => seconds, progressInterval: 10 });
  for (const piece of texts) {
    view.text?.('stdout', piece);
    seconds += 1;
  }
  view.cellFinished?.({ seconds: 0.1, end: 'passed' });
  return text;
}

const steps = Array.from({ length: 25 }, (_, index) => `step ${index}\r`);

test('a log has a progress line every ten seconds and the last', () => {
  expect(written(false, ...steps)).toBe('      step 0\n      step 10\n      step 20\n      step 24\n');
});

test('a log keeps the last progress line before other text, and takes "\\r\\n" for its end', () => {
  expect(written(false, '1\r', '2\r', 'done\n')).toBe('      1\n      2\n      done\n');
  expect(written(false, '1\r', '2\r', '\n')).toBe('      1\n      2\n');
});

test('a log has whole lines', () => {
  expect(written(false, 'a', 'b\nc', '\n\n', 'd')).toBe('      ab\n      c\n\n      d\n');
});

test('a terminal overwrites progress in place', () => {
  expect(written(true, '1\r', '2\r', 'done\n')).toBe('      1\r\x1b[2K      2\r\x1b[2K      done\n');
});

test('quiet keeps warnings only, verbose shows whole cells and what the runner does', () => {
  const shown = (verbosity: 'quiet' | 'normal' | 'verbose') => {
    let text = '';
    const out = { write: (piece: string) => (text += piece) };
    const view = consoleView({ out, verbosity });
    view.cellStarted?.({ cell: 1, cells: 1, source: 'const a = 1;\nconsole.log(a);' });
    view.detail?.('kernel tslab, process 7');
    view.text?.('stdout', '\x1b[33m1\x1b[39m\n');
    view.warning?.('no HTML');
    return text;
  };
  expect(shown('quiet')).toBe('  warning: no HTML\n');
  expect(shown('normal')).toBe('  [1/1] const a = 1; …\n      1\n  warning: no HTML\n');
  expect(shown('verbose')).toBe(
    '  [1/1] const a = 1; …\n      | const a = 1;\n      | console.log(a);\n  kernel tslab, process 7\n      1\n  warning: no HTML\n',
  );
});

test('a progress line is cut to the width of the terminal, so that it can be overwritten', () => {
  expect(written(true, `${'x'.repeat(50)}\r`)).toBe(`      ${'x'.repeat(23)}\n`);
});

test('a cell that was stopped did not fail', () => {
  const shown = (end: 'failed' | 'interrupted') => {
    let text = '';
    consoleView({ out: { write: (piece: string) => (text += piece) } }).cellFinished?.({ seconds: 2.5, end });
    return text.trim();
  };
  expect([shown('failed'), shown('interrupted')]).toEqual(['failed after 2.5 s', 'interrupted after 2.5 s']);
});

test('what is shown is told by its text, or else by what it is', () => {
  let text = '';
  const view = consoleView({ out: { write: (piece: string) => (text += piece) } });
  view.display?.({ 'text/html': '<table>', 'text/plain': 'a  b\n1  2\n' });
  view.display?.({ 'text/html': '<b>bold</b>' });
  expect(text).toBe('      a  b\n      1  2\n      [text/html, 11 B]\n');
});
