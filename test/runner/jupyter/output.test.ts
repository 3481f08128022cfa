import { expect, test } from 'bun:test';
import type { KernelMessage } from '@jupyterlab/services';
import { CellOutputs, type Displays, TerminalText } from '../../../src/runner/jupyter/output';

function terminal(...pieces: string[]): string {
  const text = new TerminalText();
  for (const piece of pieces) text.append(piece);
  return text.toString();
}

function message(type: string, content: object): KernelMessage.IIOPubMessage {
  return { header: { msg_type: type }, content } as KernelMessage.IIOPubMessage;
}

const stdout = (text: string) => message('stream', { name: 'stdout', text });
const stderr = (text: string) => message('stream', { name: 'stderr', text });
const display = (html: string, id?: string, type = 'display_data') =>
  message(type, { data: { 'text/html': html }, metadata: {}, transient: { display_id: id } });

test('a carriage return begins the line again, however the text is cut into pieces', () => {
  expect(terminal('step 1\rstep 2\rstep 3\n', 'done')).toBe('step 3\ndone');
  expect(terminal('st', 'ep 1', '\r', 'step', ' 2\r')).toBe('step 2');
  expect(terminal('long line\rshort')).toBe('short');
  expect(terminal('windows\r\nline ends\r', '\n')).toBe('windows\nline ends\n');
  expect(terminal('kept\n1\r2')).toBe('kept\n2');
});

test('backspaces and erase codes leave nothing behind', () => {
  expect(terminal('abc\b\bd')).toBe('ad');
  expect(terminal('10 %\r\x1b[K20 %')).toBe('20 %');
});

test('streams are merged by name until something else is shown', () => {
  const outputs = new CellOutputs();
  for (const each of [stdout('1\r'), stderr('careful\n'), stdout('2\n'), display('<b>'), stdout('3\n')]) {
    outputs.receive(each);
  }
  expect(outputs.toOutputs()).toEqual([
    { output_type: 'stream', name: 'stdout', text: ['2\n'] },
    { output_type: 'stream', name: 'stderr', text: ['careful\n'] },
    { output_type: 'display_data', data: { 'text/html': ['<b>'] }, metadata: {} },
    { output_type: 'stream', name: 'stdout', text: ['3\n'] },
  ]);
});

test('an update changes the display with its id, in whichever cell it is', () => {
  const displays: Displays = new Map();
  const first = new CellOutputs(displays);
  first.receive(display('one', 'a'));
  first.receive(display('other', 'b'));
  const second = new CellOutputs(displays);
  second.receive(display('two', 'a', 'update_display_data'));
  expect(first.toOutputs().map((output) => output.data)).toEqual([
    { 'text/html': ['two'] },
    { 'text/html': ['other'] },
  ]);
  expect(second.toOutputs()).toEqual([]);
});

test('clear_output clears at once, or when the next output comes', () => {
  const outputs = new CellOutputs();
  outputs.receive(stdout('a'));
  outputs.receive(message('clear_output', { wait: true }));
  expect(outputs.toOutputs()).toHaveLength(1);
  outputs.receive(stdout('b'));
  expect(outputs.toOutputs()).toEqual([{ output_type: 'stream', name: 'stdout', text: ['b'] }]);
  outputs.receive(message('clear_output', { wait: false }));
  expect(outputs.toOutputs()).toEqual([]);
});

test('an execute_result keeps its number and its data', () => {
  const outputs = new CellOutputs();
  const data = { 'text/plain': '1\n2', 'image/png': 'iVBORw0KGgo=', 'application/json': { a: 1 } };
  outputs.receive(message('execute_result', { execution_count: 4, data, metadata: {} }));
  expect(outputs.toOutputs()).toEqual([
    { output_type: 'execute_result', execution_count: 4, data: { ...data, 'text/plain': ['1\n', '2'] }, metadata: {} },
  ]);
});
