import { afterAll, expect, test } from 'bun:test';
import { copyFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { checkExperiments, checkNotebooks, formatProblem, trackedFiles } from '../../../src/commands/check/check';
import { projectFolder, removeProjectFolders } from '../../experiment/project-folder';

afterAll(removeProjectFolders);

const project = path.resolve(import.meta.dir, '..', '..', '..');

interface CellOptions {
  tags?: string[];
  outputs?: unknown[];
  executionCount?: number;
}

function code(source: string, { tags = [], outputs = [], executionCount }: CellOptions = {}) {
  return { cell_type: 'code', source, metadata: { tags }, outputs, execution_count: executionCount ?? null };
}

const parameters = code("let experiment = 'experiments/a.yaml';", { tags: ['parameters'] });

/** A project with the given notebooks (file → cells), this project's compiler options and one source file. */
function notebookProject(notebooks: Record<string, unknown[]>): string {
  const root = projectFolder({
    'src/twice.ts': 'export const twice = (value: number): number => 2 * value;\n',
    ...Object.fromEntries(
      Object.entries(notebooks).map(([file, cells]) => [file, JSON.stringify({ nbformat: 4, cells })]),
    ),
  });
  copyFileSync(path.join(project, 'tsconfig.json'), path.join(root, 'tsconfig.json'));
  symlinkSync(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
  return root;
}

async function problemsOf(notebooks: Record<string, unknown[]>): Promise<string[]> {
  return (await checkNotebooks(Object.keys(notebooks), { root: notebookProject(notebooks) })).map(formatProblem);
}

test('clean notebooks pass: imports, top-level await, tslab, and names that several notebooks share', async () => {
  const cells = [
    { cell_type: 'markdown', source: 'A **title**.', metadata: {} },
    parameters,
    { ...code(''), source: ["import * as tslab from 'tslab';\n", "import { twice } from './src/twice';"] },
    code('const four = twice(await Promise.resolve(2));\nfour'),
    code('tslab.display.html(String(four) + experiment);'),
  ];
  expect(await problemsOf({ 'notebooks/01-a.ipynb': cells, 'notebooks/02-b.ipynb': cells })).toEqual([]);
});

test('type errors name notebook, cell and line; the sources that cells import are checked too', async () => {
  const root = notebookProject({
    'notebooks/a.ipynb': [
      parameters,
      code("import { twice } from './src/twice';\nimport { half } from './src/half';\nhalf(1);"),
      { cell_type: 'markdown', source: 'Not counted.', metadata: {} },
      code('\nconst text: string = twice(3);\nfunction loose(untyped) {}\nBun.version'),
    ],
  });
  await Bun.write(path.join(root, 'src/half.ts'), 'export const half = (value: number): string => value / 2;\n');
  expect((await checkNotebooks(['notebooks/a.ipynb'], { root })).map(formatProblem).sort()).toEqual([
    "notebooks/a.ipynb, cell [3], line 2: Type 'number' is not assignable to type 'string'.",
    "notebooks/a.ipynb, cell [3], line 3: Parameter 'untyped' implicitly has an 'any' type.",
    expect.stringMatching(/^notebooks\/a.ipynb, cell \[3\], line 4: Cannot find name 'Bun'/),
    "src/half.ts:1:48: Type 'number' is not assignable to type 'string'.",
  ]);
});

test('what only the order of cells decides: a name declared twice, a name used above its cell', async () => {
  const problems = await problemsOf({
    'notebooks/a.ipynb': [
      parameters,
      code('later(twice(1));\nconst again = 1;'),
      code("import { twice } from './src/twice';\nfunction later(value: number) { return value; }"),
      code('\nconst again = 2;'),
    ],
  });
  expect(problems).toEqual([
    "notebooks/a.ipynb, cell [2], line 1: 'later' is used here but declared in cell [3], further down",
    "notebooks/a.ipynb, cell [2], line 1: 'twice' is used here but declared in cell [3], further down",
    expect.stringMatching(
      /^notebooks\/a.ipynb, cell \[4\]: 'again' is declared in a cell above\..*choose another name/,
    ),
  ]);
});

test('a missing parameters cell and files that are no notebooks are reported', async () => {
  const root = notebookProject({ 'notebooks/plain.ipynb': [code('1')] });
  await Bun.write(path.join(root, 'notebooks/broken.ipynb'), '{');
  const files = ['plain', 'broken', 'gone'].map((name) => `notebooks/${name}.ipynb`);
  expect((await checkNotebooks(files, { root })).map(formatProblem)).toEqual([
    'notebooks/plain.ipynb: no code cell is tagged `parameters`, so a runner cannot pass it an experiment',
    expect.stringMatching(/^notebooks\/broken.ipynb: is no JSON/),
    'notebooks/gone.ipynb: no such file',
  ]);
});

test('outputs and execution counts are reported of what is to be committed, not of what a person has run', async () => {
  const ran = [parameters, code('1', { outputs: [{ output_type: 'stream' }], executionCount: 2 })];
  const root = notebookProject({ 'ran.ipynb': ran, 'clean.ipynb': [parameters] });
  for (const args of [
    ['init', '-q'],
    ['add', 'ran.ipynb', 'clean.ipynb'],
  ])
    Bun.spawnSync(['git', ...args], { cwd: root });
  await Bun.write(path.join(root, 'clean.ipynb'), JSON.stringify({ nbformat: 4, cells: ran }));
  expect((await checkNotebooks(['ran.ipynb', 'clean.ipynb'], { root })).map(formatProblem)).toEqual([
    'ran.ipynb, cell [2]: is committed with outputs and an execution count; clear them',
  ]);
  await Bun.write(path.join(root, 'beside.ipynb'), '{}');
  expect(trackedFiles(root, ['.'])).toEqual(['clean.ipynb', 'ran.ipynb']);
});

test('experiments: each is loaded, its notebooks looked for, and a shared mistake told once', async () => {
  const root = projectFolder({
    'notebooks/t.ipynb': '{}',
    'experiments/good.yaml': 'notebooks: [notebooks/t.ipynb]\n',
    'experiments/gone.yaml': 'notebooks: [notebooks/u.ipynb]\n',
    'experiments/wrong.yaml': 'notebooks: [notebooks/t.ipynb]\nsede: 2\n',
    'experiments/variant.yaml': 'extends: ./wrong.yaml\n',
  });
  const files = ['good', 'gone', 'wrong', 'variant'].map((name) => `experiments/${name}.yaml`);
  expect((await checkExperiments(files, { root })).map(formatProblem)).toEqual([
    'experiments/gone.yaml: notebooks: there is no notebooks/u.ipynb',
    'experiments/wrong.yaml:2:1: sede: unknown key; did you mean seed?',
  ]);
});
