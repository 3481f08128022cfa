import { afterAll, expect, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseNotebook } from '../../../src/runner/notebooks/notebook';
import { parseParameters } from '../../../src/runner/notebooks/parameters';
import { TemporaryNotebooks } from '../temporary-notebooks';

const notebooks = new TemporaryNotebooks();
afterAll(() => notebooks.remove());

const file = notebooks.write(
  'any.ipynb',
  "// @parameters\nlet name = 'a', code: string, count = -1, rate: number, quick = false, anything;",
  'console.log(name, count * 2)',
);

test('values are read as the notebook declares them', async () => {
  const notebook = parseNotebook(readFileSync(file, 'utf8'), file);
  const parse = (...settings: string[]) => parseParameters(notebook, settings, 'any.ipynb');
  expect(await parse('name=007', 'code=true', 'count=1e3', 'rate=-0.5', 'quick=true')).toEqual({
    name: '007',
    code: 'true',
    count: 1000,
    rate: -0.5,
    quick: true,
  });
  expect(await parse('anything=3', 'name=a=b')).toEqual({ anything: 3, name: 'a=b' });
  expect(await parse('anything=three')).toEqual({ anything: 'three' });
  expect(parse('count=many')).rejects.toThrow('any.ipynb, parameter "count": expected a number, found "many"');
  expect(parse('quick=1')).rejects.toThrow('expected true or false');
  expect(parse('count')).rejects.toThrow('expected name=value');
});

test('roadseg run takes any notebook, such as that of the documentation, its parameters and a folder', async () => {
  const experiment = notebooks.path('tiny.yaml');
  const scenes = { train: 1, validation: 2, test: 0 };
  const data = { source: 'synthetic', size: 32, root: notebooks.path('streets') };
  const synthetic = { width: 128, height: 64, scenes };
  writeFileSync(experiment, JSON.stringify({ notebooks: ['any.ipynb'], data: { ...data, synthetic } }));

  const output = notebooks.path('out');
  const parameters = ['-p', `experiment=${experiment}`, '-p', 'split=validation'];
  const command = ['run', 'docs/examples/brightness.ipynb', ...parameters, '-o', output, '--verbose', '--json'];
  const child = Bun.spawn([process.execPath, 'src/cli.ts', ...command], { stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect(stderr).toContain('Synthetic streets, validation: 2 scenes');
  expect(stderr).toMatch(/Jupyter Server at http:.*kernel tslab, process \d+, ready/s);
  expect(JSON.parse(stdout)).toMatchObject({
    state: 'finished',
    record: { notebooks: [{ name: 'brightness.ipynb' }] },
  });
  expect(await child.exited).toBe(0);
  const { metadata } = notebooks.read('out', 'notebooks', 'brightness.ipynb');
  expect(metadata.papermill).toMatchObject({ parameters: { experiment, split: 'validation' }, exception: false });
  expect(readFileSync(notebooks.path('out', 'notebooks', 'brightness.html'), 'utf8')).toContain('construction');
}, 180_000);

test('what means nothing for a notebook is refused', async () => {
  const child = Bun.spawn([process.execPath, 'src/cli.ts', 'run', file, '--set', 'seed=1'], { stderr: 'pipe' });
  expect(await new Response(child.stderr).text()).toContain('--set means nothing');
  expect(await child.exited).toBe(1);
  expect(existsSync('results/any')).toBe(false);
}, 30_000);
