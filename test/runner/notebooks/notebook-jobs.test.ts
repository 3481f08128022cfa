import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CellError } from '../../../src/runner/errors';
import { installedPython } from '../../../src/runner/jupyter/jupyter-server';
import { runNotebooks } from '../../../src/runner/notebooks/notebook-jobs';
import { processesMentioning } from '../../../src/runner/processes';
import { readRunRecord } from '../../../src/runner/runs/run-record';
import { TemporaryNotebooks } from '../temporary-notebooks';

const notebooks = new TemporaryNotebooks();
afterAll(() => notebooks.remove());

const patience = 180_000;
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('before anything starts', () => {
  const job = (file: string, parameters = {}) => [
    { name: 'x', folder: notebooks.path('x'), notebooks: [file], parameters },
  ];

  test('a file that is no notebook is refused', async () => {
    const file = notebooks.path('broken.ipynb');
    writeFileSync(file, 'not a notebook');
    expect(runNotebooks(job(file))).rejects.toThrow(`${file} is not JSON`);
  });

  test('an unknown parameter is refused', async () => {
    const file = notebooks.write('known.ipynb', '// @parameters\nlet known = 1;');
    expect(runNotebooks(job(file, { unknown: 1 }))).rejects.toThrow('has no parameter "unknown"');
  });

  test('a missing kernel is refused, and setup named', async () => {
    const root = notebooks.path('checkout');
    const python = path.join(root, '.venv/bin/python');
    mkdirSync(path.dirname(python), { recursive: true });
    writeFileSync(python, '');
    expect(() => installedPython(root)).toThrow(/the kernel "tslab" is not installed: .*\n.*npm run setup/);
  });
});

// Each test has a server and kernels of its own, which mostly wait, so they run side by side.
const WAITS = `import { readdirSync } from 'node:fs';
import path from 'node:path';
const kernels = () => readdirSync(path.dirname(process.argv.at(-1)!)).filter((name) => name.startsWith('kernel-'));
while (kernels().length < 2) await new Promise((resolve) => setTimeout(resolve, 50));`;
const LOADED = `import { Module } from 'node:module';
const files = Object.keys((Module as unknown as { _cache: object })._cache);
files.some((file) => file.endsWith('src/random.ts'));`;
const turns = [
  notebooks.write('waits.ipynb', WAITS),
  notebooks.write(
    'last.ipynb',
    LOADED,
    "import { createRandom } from './src/random';\n[typeof createRandom, new Error().stack?.includes('cell [2]')]",
  ),
];
const failing = notebooks.write(
  'failing.ipynb',
  "console.log('before')",
  "throw new TypeError('no')",
  "console.log('after')",
);
const [SIGINT, SIGTERM, SIGKILL] = ['SIGINT', 'SIGTERM', 'SIGKILL'].map((signal) =>
  notebooks.write(
    `${signal}.ipynb`,
    "console.log('folder', require('path').resolve(process.argv.at(-1)!, '..', '..'), 'end')",
    "console.log('waiting'); await new Promise(() => {})",
  ),
);
beforeAll(() => notebooks.compile(...turns, failing, SIGINT), patience);

test.concurrent(
  'a job runs through: parameters, streams, pictures, records',
  async () => {
    const first = notebooks.write(
      'first.ipynb',
      "// @parameters\nlet experiment = 'a.yaml';\nconst steps: number = 1;",
      'for (let i = 1; i <= steps; i++) process.stdout.write(experiment + " " + i + "\\r");\nconsole.error({ steps }.steps === 3 ? "careful" : "wrong");',
      `import { display, newDisplay } from 'tslab';\ndisplay.png(Buffer.from('${png}', 'base64'));\nconst shown = newDisplay();\nshown.html('<i>one</i>');`,
      '',
      "shown.html('<i>two</i>'); (globalThis as any).left = 'by the first';",
    );
    const second = notebooks.write(
      'second.ipynb',
      '// @parameters\nvar experiment: string, steps;',
      '(globalThis as any).left',
    );
    const folder = notebooks.path('run');
    const parameters = { experiment: 'b.yaml', steps: 3 };
    const [result] = await runNotebooks([{ name: 'run', folder, notebooks: [first, second], parameters }], {
      html: true,
    });

    const { cells, metadata } = notebooks.read('run', 'notebooks', 'first.ipynb');
    expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4, null, 5]);
    expect(cells[1].source).toEqual(['// Parameters\n', "let experiment = 'b.yaml';\n", 'const steps: number = 3;']);
    expect(cells[2].outputs).toEqual([
      { output_type: 'stream', name: 'stdout', text: ['b.yaml 3'] },
      { output_type: 'stream', name: 'stderr', text: ['careful\n'] },
    ]);
    expect(cells[3].outputs.map((output) => output.data)).toEqual([
      { 'image/png': png },
      { 'text/html': ['<i>two</i>'] },
    ]);
    expect(cells.map((cell) => (cell.metadata.papermill as { status: string }).status)).toEqual(
      Array(6).fill('completed'),
    );
    expect(Object.keys(cells[2].metadata.execution as object).sort()).toEqual([
      'iopub.execute_input',
      'iopub.status.busy',
      'iopub.status.idle',
      'shell.execute_reply',
    ]);
    expect(metadata.papermill).toMatchObject({ parameters, exception: false });

    // A fresh kernel for each notebook.
    expect(notebooks.read('run', 'notebooks', 'second.ipynb').cells[2].outputs).toEqual([]);

    const record = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8'));
    expect(record).toMatchObject({ state: 'finished', notebooks: [{ name: 'first.ipynb' }, { name: 'second.ipynb' }] });
    expect(result).toMatchObject({ skipped: false, record });
    expect(readFileSync(path.join(folder, 'notebooks', 'first.html'), 'utf8')).toContain('<i>two</i>');
  },
  patience,
);

test.concurrent(
  "the next notebook's kernel starts while one runs, and loads what it imports of the library",
  async () => {
    const job = { name: 'turns', folder: notebooks.path('turns'), notebooks: turns, parameters: {} };
    const [{ record }] = await runNotebooks([job], { timeoutSeconds: 60 });
    expect(record.state).toBe('finished');
    const { cells } = notebooks.read('turns', 'notebooks', 'last.ipynb');
    const results = cells.map(({ outputs }) => (outputs[0].data as { 'text/plain': string[] })['text/plain']);
    expect(results).toEqual([['true'], ["[ 'function', true ]"]]);
  },
  patience,
);

test.concurrent(
  'of two jobs side by side one fails, and the other is stopped in order',
  async () => {
    const [endless, fails] = Object.entries({ endless: SIGINT, fails: failing }).map(([name, file]) => {
      return { name, folder: notebooks.path(name), notebooks: [file], parameters: {} };
    });
    const error = await runNotebooks([endless, fails], { atOnce: 2 }).catch((reason) => reason);
    expect(error).toBeInstanceOf(CellError);
    expect(readRunRecord(fails.folder)?.state).toBe('failed');
    expect(readRunRecord(endless.folder)?.state).toBe('interrupted');
  },
  patience,
);

test.concurrent(
  'the first failing cell ends the job: error, saved notebook, no record',
  async () => {
    const folder = notebooks.path('failed');
    const job = { name: 'failed', folder, notebooks: [failing], parameters: {} };
    const error = await runNotebooks([job]).catch((reason) => reason);

    expect(error).toBeInstanceOf(CellError);
    const failure = { notebook: failing, cell: 2, source: "throw new TypeError('no')" };
    expect(error).toMatchObject({ failure, exitCode: 1 });
    expect(error.message).toContain("    1 | throw new TypeError('no')");
    expect(error.message).toContain('TypeError: no');
    const { cells, metadata } = notebooks.read('failed', 'notebooks', 'failing.ipynb');
    expect(cells[0].outputs).toEqual([{ output_type: 'stream', name: 'stdout', text: ['before\n'] }]);
    expect(cells[1].outputs.at(-1)).toMatchObject({ output_type: 'error', ename: 'TypeError', evalue: 'no' });
    expect(cells.map((cell) => (cell.metadata.papermill as { status: string }).status)).toEqual([
      'completed',
      'failed',
      'pending',
    ]);
    expect(metadata.papermill).toMatchObject({ exception: true });
    expect(readRunRecord(folder)).toMatchObject({ state: 'failed', notebooks: [], total: 1 });
  },
  patience,
);

describe('nothing is left behind', () => {
  /** Starts a process that runs a notebook, and waits until its second cell runs. */
  async function startProcess(file: string) {
    const folder = notebooks.path(path.basename(file, '.ipynb'));
    const child = Bun.spawn([process.execPath, path.join(import.meta.dir, 'run-process.ts'), folder, file], {
      stdout: 'pipe',
      stderr: 'inherit',
    });
    let printed = '';
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    while (!printed.includes('      waiting')) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`It ended early, having printed: ${printed}`);
      printed += value;
    }
    const serverFolder = /folder (\S+) end/.exec(printed)![1];
    // Guard, server, kernel.
    expect(processesMentioning(serverFolder)).toHaveLength(3);
    return { child, serverFolder };
  }

  async function untilGone(serverFolder: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    while ((processesMentioning(serverFolder).length > 0 || existsSync(serverFolder)) && Date.now() < deadline) {
      await Bun.sleep(50);
    }
    expect(processesMentioning(serverFolder)).toEqual([]);
    expect(existsSync(serverFolder)).toBe(false);
  }

  for (const [signal, file, exitCode] of [
    ['SIGINT', SIGINT, 130],
    ['SIGTERM', SIGTERM, 143],
  ] as const) {
    test.concurrent(
      `after ${signal}: exit code ${exitCode}, and what ran is saved`,
      async () => {
        const { child, serverFolder } = await startProcess(file);
        child.kill(signal);
        expect(await child.exited).toBe(exitCode);
        await untilGone(serverFolder);
        const { cells } = notebooks.read(signal, 'notebooks', `${signal}.ipynb`);
        expect(cells[1].outputs).toMatchObject([
          { name: 'stdout', text: ['waiting\n'] },
          { output_type: 'error', ename: 'KeyboardInterrupt' },
        ]);
      },
      patience,
    );
  }

  test.concurrent(
    'after SIGKILL of the runner',
    async () => {
      const { child, serverFolder } = await startProcess(SIGKILL);
      child.kill('SIGKILL');
      await child.exited;
      await untilGone(serverFolder);
    },
    patience,
  );
});
