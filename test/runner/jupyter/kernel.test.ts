import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KernelAPI, KernelConnection } from '@jupyterlab/services';
import { compileNotebooks } from '../../../src/kernel/compile-notebooks';
import { CompiledModules } from '../../../src/kernel/compiled-modules.mjs';
import { type JupyterServer, startServer } from '../../../src/runner/jupyter/jupyter-server';
import { Kernel } from '../../../src/runner/jupyter/kernel';
import { findKernelProcess } from '../../../src/runner/jupyter/kernel-process';
import type { Outcome } from '../../../src/runner/jupyter/outcome';
import { CellOutputs } from '../../../src/runner/jupyter/output';
import { isRunning, processesMentioning } from '../../../src/runner/processes';

// Real kernels on a real server. A kernel takes some seconds to start, so those that end in a test start together.

const patience = 90_000;
const root = path.resolve(import.meta.dir, '..', '..', '..');
/** What the kernels that end in a test run, by the test: compiled here, so that none of them loads a compiler. */
const LAST_CELLS = {
  exits: ["console.log('bye'); process.exit(3)"],
  isKilled: ['await new Promise(() => {})'],
  loops: ["console.log('ready')", "console.log('in'); while (true) {}"],
};
let server: JupyterServer;
let kernel: Kernel;
let doomed: Kernel[];

beforeAll(async () => {
  const started = startServer();
  await compileNotebooks(
    new CompiledModules(root),
    Object.values(LAST_CELLS).map((sources) => ({ folder: root, sources })),
  );
  server = await started;
  [kernel, ...doomed] = await Promise.all(Array.from({ length: 4 }, () => Kernel.start(server)));
}, patience);

afterAll(async () => {
  await Promise.all([kernel, ...doomed].map((each) => each.stop()));
  await server.stop();
  expect(processesMentioning(server.folder)).toEqual([]);
}, patience);

async function execute(on: Kernel, code: string, options: { timeoutSeconds?: number; signal?: AbortSignal } = {}) {
  const outputs = new CellOutputs();
  const outcome = await on.execute(code, { ...options, onOutput: (message) => outputs.receive(message) });
  const streams: Record<string, string> = {};
  /** What is shown, values of cells included: all forms by their MIME types. */
  const shown: Record<string, string>[] = [];
  for (const { name, text, data } of outputs.toOutputs())
    if (data) shown.push(mapValues(data as Record<string, string | string[]>));
    else streams[name as string] = (text as string[]).join('');
  return { ...outcome, errorText: errorOf(outcome), streams, shown };
}

function mapValues(data: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([type, value]) => [type, [value].flat().join('')]));
}

/** The value of a cell, as text. */
async function shownValue(code: string): Promise<string> {
  return (await execute(kernel, code)).shown[0]['text/plain'];
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
      errorText: '1:9 - Expression expected.\n    let a = ;\n            ^',
    });
  }, 60_000);

  test('with a type error fails before it runs, with the place marked', async () => {
    const { status, errorText, streams } = await execute(kernel, "console.log('ran');\nconst a: number = 'x';");
    expect({ status, errorText }).toEqual({
      status: 'error',
      errorText: [
        "2:7 - Type 'string' is not assignable to type 'number'.",
        "    const a: number = 'x';",
        '          ^',
      ].join('\n'),
    });
    expect(streams.stdout).toBeUndefined();
  }, 60_000);

  test('that throws fails with the exception, not with what it printed before', async () => {
    const { status, errorText, streams } = await execute(
      kernel,
      "console.error('a warning'); throw new RangeError('boo')",
    );
    expect(status).toBe('error');
    expect(errorText).toBe('RangeError: boo\n    at cell [5]:1:35');
    expect(streams.stderr).toBe('a warning\n');
  }, 60_000);

  test('fails by an exception from a callback', async () => {
    const code =
      "setTimeout(() => { throw new Error('late') }, 10);\nawait new Promise((done) => setTimeout(done, 50));";
    const { status, errorText } = await execute(kernel, code);
    expect({ status, first: errorText.split('\n')[0] }).toEqual({
      status: 'error',
      first: 'Error: late',
    });
  }, 60_000);

  test('fails by a rejection that nobody handles', async () => {
    const { status, errorText } = await execute(kernel, "void Promise.reject(new Error('unhandled'))");
    expect(status).toBe('error');
    expect(errorText).toStartWith('Error: unhandled\n    at cell [7]:1:21');
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
    expect(await shownValue('1 + 1')).toBe('2');
  }, 60_000);
});

describe('an interrupt', () => {
  /**
   * Interrupts a cell once it has printed as many messages. What waits is interrupted at its third: at its first, Node may just be
   * taking down what listens until the first `await`, and a signal of that moment is lost.
   */
  async function interrupted(code: string, messages: number) {
    const outputs = new CellOutputs();
    let printed = 0;
    const outcome = await kernel.execute(code, {
      onOutput: (message) => {
        // Once, or the last would reach the cell behind it.
        if (message.header.msg_type === 'stream' && ++printed === messages) process.kill(kernel.pid, 'SIGINT');
        outputs.receive(message);
      },
    });
    return { error: outcome.status === 'error' ? outcome.error : undefined, outputs };
  }

  const loop = (body: string) => `import { nextStep } from './src/interruption';
    const made = 'before';
    (globalThis as any).steps = 0;
    while (true) { console.log('step'); (globalThis as any).steps++; ${body} }`;

  test("ends the library's loops between two steps, and the cell as interrupted", async () => {
    const { error } = await interrupted(loop('await nextStep();'), 3);
    expect(error).toMatchObject({ ename: 'Interrupted' });
    const steps = 'console.log(made, (globalThis as any).steps)';
    const { stdout } = (await execute(kernel, steps)).streams;
    expect(stdout).toStartWith('before ');
    expect((await execute(kernel, steps)).streams.stdout).toBe(stdout);
  }, 60_000);

  test('gives up a cell that does not end, and nothing that it prints later is shown', async () => {
    const { error, outputs } = await interrupted(loop('await new Promise((resolve) => setTimeout(resolve, 20));'), 3);
    expect(error).toMatchObject({ ename: 'Interrupted' });
    const shown = JSON.stringify(outputs.toOutputs());
    const { streams, shown: next } = await execute(kernel, 'await new Promise((done) => setTimeout(done, 200)); 7');
    expect([streams, next]).toEqual([{}, [{ 'text/plain': '7' }]]);
    expect(JSON.stringify(outputs.toOutputs())).toBe(shown);
  }, 60_000);

  test('ends an endless loop that never waits', async () => {
    const { error } = await interrupted("console.log('in'); while (true) {}", 1);
    expect(error).toMatchObject({ ename: 'Interrupted' });
    expect(await shownValue('1 + 1')).toBe('2');
  }, 60_000);
});

test('what is sent after an interrupt is checked, though its compiler was there before', async () => {
  expect((await execute(kernel, `const before = ${process.pid};`)).status).toBe('ok');
  // As Jupyter does it: to all that the kernel has started.
  process.kill(-kernel.pid, 'SIGINT');
  await execute(kernel, `${process.pid};`); // may be what the interrupt meets
  const wrong = await execute(kernel, `const after: string = before + ${process.pid};`);
  expect(wrong.errorText).toStartWith("1:7 - Type 'number' is not assignable to type 'string'.");
}, 60_000);

test('of cells sent together those behind a failure are answered as aborted; one sent after its answer runs', async () => {
  // A second client of the kernel, which is called after its connection file.
  const [, id] = /kernel-([\w-]+)\.json/.exec(readFileSync(`/proc/${kernel.pid}/cmdline`, 'utf8'))!;
  const connection = new KernelConnection({
    model: { id, name: 'tslab' },
    serverSettings: server.settings,
    handleComms: false,
  });
  const answer = async (code: string) =>
    (await connection.requestExecute({ code, stop_on_error: true }).done).content.status as string;
  try {
    const [failing, ...behind] = ["throw new Error('no')", '1', '2'].map(answer);
    expect(await failing).toBe('error');
    const after = answer('3');
    expect(await Promise.all([...behind, after])).toEqual(['aborted', 'aborted', 'ok']);
  } finally {
    connection.dispose();
  }
}, 60_000);

describe('the value of a cell', () => {
  test('is shown as the object itself says, else as text', async () => {
    const code = "({ [Symbol.for('Jupyter.display')]: async () => ({ 'text/html': '<b>7</b>', 'text/plain': '7' }) })";
    expect((await execute(kernel, code)).shown).toEqual([{ 'text/html': '<b>7</b>', 'text/plain': '7' }]);
    expect(await shownValue("'two\\nlines'")).toBe('two\nlines');
    expect((await execute(kernel, 'undefined')).shown).toEqual([]);
    const failing = "({ [Symbol.for('Jupyter.display')]: () => { throw new Error('no picture'); } })";
    expect((await execute(kernel, failing)).errorText).toStartWith('Error: no picture');
  }, 60_000);

  test('has few values of a typed array, wherever it stands', async () => {
    const values = '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11';
    const shown = (await shownValue('({ pixels: Uint8Array.from({ length: 3000 }, (_, index) => index) })')).replace(
      /\s+/g,
      ' ',
    );
    expect(shown).toBe(`{ pixels: Uint8Array(3000) [ ${values}, ... 2988 more items ] }`);
    expect(await shownValue('new Float32Array([0.5, 2])')).toBe('Float32Array(2) [ 0.5, 2 ]');
  }, 60_000);
});

test('a table is shown as HTML, escaped, numbers to the right; as text it is that of Node', async () => {
  const code = "console.table([{ name: '<b>', loss: 0.5 }, { name: 'b', loss: 12 }]); console.table({ epochs: 3 })";
  const { shown, streams } = await execute(kernel, code);
  expect(streams).toEqual({});
  expect(shown[0]['text/html']).toBe(`<table>
<thead><tr><th scope="col" style="text-align:left">name</th><th scope="col" style="text-align:right">loss</th></tr></thead>
<tbody>
<tr><td style="text-align:left">&lt;b&gt;</td><td style="text-align:right">0.5</td></tr>
<tr><td style="text-align:left">b</td><td style="text-align:right">12</td></tr>
</tbody>
</table>
`);
  expect(shown[0]['text/plain']).toContain("│ '<b>'");
  expect(shown[1]['text/html']).toContain('<th scope="row" style="text-align:left">epochs</th><td');
}, 60_000);

describe('names', () => {
  test('of earlier cells are read, assigned to and declared again', async () => {
    await execute(kernel, 'let count = 1; const step = 2; function next() { return count + step }');
    await execute(kernel, 'count += 10; const shorthand = { count };');
    expect((await execute(kernel, 'console.log(next(), shorthand.count, { step })')).streams.stdout).toBe(
      '13 11 { step: 2 }\n',
    );
    await execute(kernel, "const step = 'a word';");
    const { errorText } = await execute(kernel, 'const length: string = step.length;');
    expect(errorText).toStartWith("1:7 - Type 'number' is not assignable to type 'string'.");
  }, 60_000);

  test('of a cell that throws are kept as far as it came', async () => {
    await execute(kernel, 'const later = 1');
    const thrown = await execute(
      kernel,
      "const expensive = [1, 2]; if (expensive) throw new Error('no'); const later = 2;",
    );
    expect(thrown.status).toBe('error');
    expect((await execute(kernel, 'console.log(expensive.length, later)')).streams.stdout).toBe('2 1\n');
  }, 60_000);
});

describe("the project's modules", () => {
  const folder = path.join('.cache', `kernel-test-${process.pid}`);
  const write = (name: string, text: string) => writeFileSync(path.join(root, folder, name), text);
  beforeAll(() => {
    mkdirSync(path.join(root, folder), { recursive: true });
    write('deep.ts', 'export const value = 1;\n');
    write('middle.ts', "import { value } from './deep';\nexport const twice = () => 2 * value;\n");
    write(
      'top.ts',
      "import { twice } from './middle';\n\nexport function show(): string {\n  return 'is ' + twice();\n}\n",
    );
    write(
      'failing.ts',
      "interface Long {\n  nothing: string;\n}\n\nexport function fail(input: Long): never {\n  throw new TypeError('bad ' + input.nothing);\n}\n",
    );
  });
  afterAll(() => rmSync(path.join(root, folder), { recursive: true }));

  test('are loaded again when they change, with all that import them', async () => {
    const run = (code: string) => execute(kernel, code);
    await run(`import { show } from './${folder}/top';`);
    expect((await run('console.log(show())')).streams.stdout).toBe('is 2\n');
    write('deep.ts', 'export const value = 21;\n');
    expect((await run('console.log(show())')).streams.stdout).toBe('is 42\n');
    write('deep.ts', "export const value = 'a word';\n");
    const { errorText } = await run(`import { show } from './${folder}/top'; show()`);
    expect(errorText).toStartWith(`${folder}/middle.ts:2:32 - The right-hand side of an arithmetic operation must be`);
  }, 60_000);

  test('are counted while a cell waits for them to be found right; nothing of that stays', async () => {
    cpSync(path.join(root, 'src'), path.join(root, folder, 'src'), { recursive: true });
    const outputs = new CellOutputs();
    const told: string[] = [];
    const code = `import type { openScene } from './${folder}/src/explore';\nlet open: typeof openScene | undefined;`;
    const outcome = await kernel.execute(code, {
      onOutput: (message) => {
        outputs.receive(message);
        if (message.header.msg_type === 'stream') told.push((message.content as { text: string }).text);
      },
    });
    expect(outcome.status).toBe('ok');
    const counts = told.map((text) => /^compiling (\d+) of (\d+) modules\r$/.exec(text)!.slice(1).map(Number));
    expect(counts.length).toBeGreaterThan(1);
    for (const [index, [done, modules]] of counts.entries()) {
      expect(modules).toBeGreaterThan(200);
      expect(done).toBeGreaterThan(counts[index - 1]?.[0] ?? -1);
    }
    expect(outputs.toOutputs()).toEqual([]);
  }, 60_000);

  test('tell errors by their own lines, and the cell by its', async () => {
    const code = `import { fail } from './${folder}/failing';\n\nconst inner = () =>\n  fail({ nothing: 'luck' });\ninner();`;
    const { errorText } = await execute(kernel, code);
    expect(errorText.replace(/cell \[\d+\]/g, 'cell [n]').split('\n')).toEqual([
      'TypeError: bad luck',
      `    at fail (${folder}/failing.ts:6:9)`,
      '    at inner (cell [n]:4:7)',
      '    at cell [n]:5:1',
    ]);
  }, 60_000);
});

describe('a kernel', () => {
  test('that a cell ends is noticed, with its exit code', async () => {
    const { status, errorText, streams } = await execute(doomed[0], LAST_CELLS.exits[0]);
    expect({ status, streams }).toEqual({ status: 'died', streams: { stdout: 'bye\n' } });
    expect(errorText).toContain('exit code 3');
  }, 60_000);

  test('that is killed is noticed', async () => {
    setTimeout(() => process.kill(doomed[1].pid, 'SIGKILL'), 200);
    const { status, errorText } = await execute(doomed[1], LAST_CELLS.isKilled[0]);
    expect(status).toBe('died');
    expect(errorText).toContain('was killed');
  }, 60_000);

  test('that ends before it answers is started once more', async () => {
    const { startNew } = KernelAPI;
    let killed: number | undefined;
    const watched = spyOn(KernelAPI, 'startNew').mockImplementationOnce(async (...options) => {
      const model = await startNew(...options);
      killed = await findKernelProcess(`kernel-${model.id}.json`);
      setTimeout(() => process.kill(killed!, 'SIGKILL'), 50);
      return model;
    });
    const second = await Kernel.start(server);
    watched.mockRestore();
    expect(killed).toBeGreaterThan(0);
    expect(second.pid).not.toBe(killed!);
    await second.stop();
  }, 60_000);

  test('whose server ends before it answers is told by that', async () => {
    const other = await startServer();
    const { startNew } = KernelAPI;
    const watched = spyOn(KernelAPI, 'startNew').mockImplementationOnce(async (...options) => {
      const model = await startNew(...options);
      for (const pid of processesMentioning(`--config=${other.folder}/`)) process.kill(pid, 'SIGKILL');
      return model;
    });
    const problem = await Kernel.start(other).catch(({ problem }) => problem);
    watched.mockRestore();
    await other.stop();
    expect(problem).toContain('did not start: The Jupyter Server ended');
  }, 60_000);

  test('in an endless loop is ended when the time is up', async () => {
    const [first, loop] = LAST_CELLS.loops;
    // What a kernel does once, at its first cell, is not to take of the time.
    await execute(doomed[2], first);
    const { status, streams } = await execute(doomed[2], loop, { timeoutSeconds: 3 });
    expect({ status, streams }).toEqual({ status: 'timeout', streams: { stdout: 'in\n' } });
    expect(isRunning(doomed[2].pid)).toBe(false);
  }, 60_000);
});
