import { expect, test } from 'bun:test';
import { errorText, nameAndValue, uncaughtErrorText } from '../../src/runner/tslab';

const thrown = `evalmachine.<anonymous>:3
RangeError: boo
    at f (evalmachine.<anonymous>:3:22)
    at Script.runInThisContext (node:vm:135:14)
    at Object.execute (/project/node_modules/tslab/dist/executor.js:160:38)
`;

test('the error is what was printed last, without the frames of the kernel', () => {
  expect(errorText(['a warning\n', thrown])).toBe(
    'evalmachine.<anonymous>:3\nRangeError: boo\n    at f (evalmachine.<anonymous>:3:22)\n',
  );
});

test('diagnostics of the compiler belong together', () => {
  expect(errorText(['a warning\n', '1:7 - One.\n', 'src/a.ts 2:1 - Two.\n'])).toBe('1:7 - One.\nsrc/a.ts 2:1 - Two.\n');
});

test('of an uncaught exception it is what tslab printed about it', () => {
  expect(uncaughtErrorText(['UncaughtException: Error: late\n', 'a warning\n'])).toBe(
    'UncaughtException: Error: late\n',
  );
});

test('name and value are told apart where there are such', () => {
  expect(nameAndValue(thrown)).toEqual({ ename: 'RangeError', evalue: 'boo' });
  expect(nameAndValue('UncaughtException: TypeError [ERR_X]: bad\n')).toEqual({ ename: 'TypeError', evalue: 'bad' });
  expect(nameAndValue('1:7 - Expression expected.\n')).toEqual({
    ename: 'Error',
    evalue: '1:7 - Expression expected.',
  });
});
