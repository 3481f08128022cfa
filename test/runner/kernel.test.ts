import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type JupyterServer, startServer } from '../../src/runner/jupyter-server';
import { Kernel } from '../../src/runner/kernel';
import type { Outcome } from '../../src/runner/outcome';
import { CellOutputs } from '../../src/runner/output';
import { isRunning, processesMentioning } from '../../src/runner/processes';

// Real kernels on a real server. A kernel takes some seconds to start, so those that end in a test start together.

const patience = 90_000;
let server: JupyterServer;
let kernel: Kernel;
let doomed: Kernel[];

beforeAll(async () => {
  server = await startServer();
  [kernel, ...doomed] = await Promise.all(Array.from({ length: 4 }, () => Kernel.start(server, 'tslab')));
}, patience);

afterAll(async () => {
  await Promise.all([kernel, ...doomed].map((each) => each.stop()));
  await server.stop();
  expect(processesMentioning(server.folder)).toEqual([]);
}, patience);

async function execute(on: Kernel, code: string, options: { timeoutSeconds?: number; signal?: AbortSignal } = {}) {
  const outputs = new CellOutputs();
  const outcome = await on.execute(code, { ...options, onOutput: (message) => outputs.receive(message) });
  const streams = Object.fromEntries(
    outputs.toOutputs().map(({ name, text }) => [name as string, (text as string[]).join('')]),
  );
  return { ...outcome, errorText: errorOf(outcome), streams };
}

function errorOf(outcome: Outcome): string {
  return outcome.status === 'ok' ? '' : outcome.errorText;
}

describe('a cell', () => {
  test('works in the project folder, and finds the library there', async () => {
    const code = "import { UserError } from './src/errors'; console.log(typeof UserError)";
    expect(await execute(kernel, code)).toMatchObject({ status: 'ok', streams: { stdout: 'function\n' } });
  }, 60_000);

  test('does not know the token of the server', async () => {
    const { streams } = await execute(
      kernel,
      'console.log(Object.keys(process.env).filter((name) => /TOKEN/.test(name)))',
    );
    expect(streams.stdout).not.toContain('JUPYTER');
  }, 60_000);

  test('with a syntax error fails with the position', async () => {
    expect(await execute(kernel, 'let a = ;')).toMatchObject({
      status: 'error',
      errorText: '1:9 - Expression expected.\n',
    });
  }, 60_000);

  test('with a type error fails before it runs', async () => {
    const { status, errorText, streams } = await execute(kernel, "console.log('ran');\nconst a: number = 'x';");
    expect({ status, errorText }).toEqual({
      status: 'error',
      errorText: "2:7 - Type 'string' is not assignable to type 'number'.\n",
    });
    expect(streams.stdout).toBeUndefined();
  }, 60_000);

  test('that throws fails with the exception, not with what it printed before', async () => {
    const { status, errorText, streams } = await execute(
      kernel,
      "console.error('a warning'); throw new RangeError('boo')",
    );
    expect(status).toBe('error');
    expect(errorText).toContain('RangeError: boo');
    expect(errorText).not.toContain('a warning');
    expect(streams.stderr).toStartWith('a warning\n');
  }, 60_000);

  test('fails by an exception from a callback, for which tslab itself says ok', async () => {
    const code =
      "setTimeout(() => { throw new Error('late') }, 10);\nawait new Promise((done) => setTimeout(done, 50));";
    const { status, errorText } = await execute(kernel, code);
    expect({ status, first: errorText.split('\n')[0] }).toEqual({
      status: 'error',
      first: 'UncaughtException: Error: late',
    });
  }, 60_000);

  test('fails by a rejection that nobody handles', async () => {
    const { status, errorText } = await execute(kernel, "void Promise.reject(new Error('unhandled'))");
    expect(status).toBe('error');
    expect(errorText).toStartWith('UnhandledPromiseRejection: Error: unhandled');
  }, 60_000);

  test('may print what looks like an uncaught exception', async () => {
    const { status } = await execute(kernel, "console.error('UncaughtException: Error: not at all')");
    expect(status).toBe('ok');
  }, 60_000);

  test('that prints 5,000 lines at once loses none, and ends', async () => {
    const { status, streams } = await execute(kernel, "for (let i = 0; i < 5000; i++) console.log('line', i)");
    expect(status).toBe('ok');
    expect(streams.stdout).toBe(Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join(''));
  }, 60_000);

  test('does not mind a new folder in node_modules', async () => {
    const folder = "'node_modules/.runner-test'";
    const code = `require('fs').mkdirSync(${folder}); await new Promise((done) => setTimeout(done, 500)); require('fs').rmdirSync(${folder});`;
    expect(await execute(kernel, code)).toMatchObject({ status: 'ok' });
    expect(await execute(kernel, '1 + 1')).toMatchObject({ status: 'ok', streams: { stdout: '2\n' } });
  }, 60_000);
});

describe('a kernel', () => {
  test('that a cell ends is noticed, with its exit code', async () => {
    const { status, errorText, streams } = await execute(doomed[0], "console.log('bye'); process.exit(3)");
    expect({ status, streams }).toEqual({ status: 'died', streams: { stdout: 'bye\n' } });
    expect(errorText).toContain('exit code 3');
  }, 60_000);

  test('that is killed is noticed', async () => {
    setTimeout(() => process.kill(doomed[1].pid, 'SIGKILL'), 200);
    const { status, errorText } = await execute(doomed[1], 'await new Promise(() => {})');
    expect(status).toBe('died');
    expect(errorText).toContain('was killed');
  }, 60_000);

  test('in an endless loop is ended when the time is up', async () => {
    const { status, streams } = await execute(doomed[2], "console.log('in'); while (true) {}", { timeoutSeconds: 1 });
    expect({ status, streams }).toEqual({ status: 'timeout', streams: { stdout: 'in\n' } });
    expect(isRunning(doomed[2].pid)).toBe(false);
  }, 60_000);
});
