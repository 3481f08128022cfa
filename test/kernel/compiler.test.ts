import { afterAll, describe, expect, test } from 'bun:test';
import { copyFileSync, existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkNotebooks } from '../../src/commands/check/check';
import { compileNotebooks, loadingCell } from '../../src/kernel/compile-notebooks';
import { CompiledModules } from '../../src/kernel/compiled-modules.mjs';
import { Compiler } from '../../src/kernel/compiler';
import { transpileModules } from '../../src/kernel/transpile-modules';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

const project = path.resolve(import.meta.dir, '..', '..');

/** A project with files of its own, and this one's packages and compiler options. */
function projectWith(files: Record<string, string>): string {
  const root = projectFolder(files);
  for (const file of ['tsconfig.json', 'bun.lock']) copyFileSync(path.join(project, file), path.join(root, file));
  symlinkSync(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
  return root;
}

/** Compiles cells in their order, as a kernel that starts again. @returns the problems of each */
async function compileAll(root: string, cells: string[]): Promise<string[][]> {
  const compiler = new Compiler(new CompiledModules(root));
  const told: string[][] = [];
  for (const source of cells) {
    const { declared, problems } = await compiler.compile(source);
    compiler.add(declared);
    told.push(problems.map(({ file, line, message }) => `${file ?? 'cell'}:${line}: ${message}`));
  }
  compiler.close();
  return told;
}

describe('the kernel and the check accept the same programs:', () => {
  const programs = {
    'syntax that is newer than 5.0': 'function same<T>(a: T, b: NoInfer<T>) { return [a, b]; }\nsame(1, 2);',
    'explicit resource management': 'using held = { [Symbol.dispose]() {} };\nheld;',
    'an index that may be undefined': 'const lengths: Record<string, string | undefined> = {};\nlengths.a.length;',
    'a parameter without a type': 'function loose(untyped) { return untyped; }',
    "Bun's API": 'Bun.version;',
  };
  for (const [title, source] of Object.entries(programs)) {
    test(title, async () => {
      const parameters = { cell_type: 'code', source: '', metadata: { tags: ['parameters'] } };
      const cells = [parameters, { cell_type: 'code', source, metadata: {} }];
      const root = projectWith({ 'a.ipynb': JSON.stringify({ nbformat: 4, cells }) });
      const checked = await checkNotebooks(['a.ipynb'], { root });
      const compiled = (await compileAll(root, [source]))[0];
      expect(compiled).toEqual(checked.map(({ line, message }) => `cell:${line}: ${message}`));
    }, 60_000);
  }
});

describe('what was compiled and found right', () => {
  const root = projectWith({
    'src/deep.ts': 'export const value: number = 1;\n',
    'src/top.ts': "import { value } from './deep';\nexport const twice = 2 * value;\n",
  });
  const cells = [
    "let name = 'a';",
    "import { twice } from './src/top';\nconst result = twice + name.length;",
    'result',
  ];
  const kept = () => readdirSync(path.join(root, '.cache', 'kernel')).sort();

  test('is kept: another kernel makes nothing, whatever word a variable holds', async () => {
    expect(await compileAll(root, cells)).toEqual([[], [], []]);
    const before = kept();
    expect(await compileAll(root, cells)).toEqual([[], [], []]);
    expect(kept()).toEqual(before);
    await compileAll(root, ["// Parameters\nlet name = 'b';", ...cells.slice(1)]);
    // Of the first cell: what it declares, and its JavaScript. That it is right does not depend on the word.
    expect(kept().length - before.length).toBe(2);
  }, 60_000);

  test('is checked again where a value decides', async () => {
    expect(await compileAll(root, ["let side: 'left' = 'left';", 'let many = 1;\nlet one = 2;'])).toEqual([[], []]);
    expect(await compileAll(root, ["let side: 'left' = 'right';", "let many = 'a';\nlet many = 2;"])).toEqual([
      [`cell:1: Type '"right"' is not assignable to type '"left"'.`],
      [
        "cell:1: Cannot redeclare block-scoped variable 'many'.",
        "cell:2: Cannot redeclare block-scoped variable 'many'.",
      ],
    ]);
  }, 60_000);

  test('is checked again when a module that it imports has changed, however deep', async () => {
    writeFileSync(path.join(root, 'src/deep.ts'), "export const value: string = 'x';\n");
    expect((await compileAll(root, cells))[1]).toEqual([
      'src/top.ts:2:' +
        " The right-hand side of an arithmetic operation must be of type 'any', 'number', 'bigint' or an enum type.",
    ]);
    writeFileSync(path.join(root, 'src/deep.ts'), 'export const value: number = 1;\n');
    expect((await compileAll(root, cells))[1]).toEqual([]);
  }, 60_000);
});

test('notebooks that were compiled together are made ready for the kernels of each', async () => {
  const root = projectWith({ 'src/top.ts': 'export const twice = (value: number) => 2 * value;\n' });
  const notebooks = [
    ["import { twice } from './src/top';", 'const four = twice(2);'],
    ["let four = 'four';", "import { twice } from './src/top';\ntwice(four);"],
  ];
  const compiled = await compileNotebooks(
    new CompiledModules(root),
    notebooks.map((sources) => ({ folder: root, sources })),
  );
  const told = compiled.map((cells) => cells.map(({ problems }) => problems.length));
  expect(told).toEqual([
    [0, 0],
    [0, 1],
  ]);
  const kept = () => readdirSync(path.join(root, '.cache', 'kernel')).sort();
  const before = kept();
  const again = [await compileAll(root, notebooks[0]), await compileAll(root, notebooks[1])];
  expect(again.map((cells) => cells.map((problems) => problems.length))).toEqual(told);
  expect(await compileAll(root, [loadingCell(notebooks[0])])).toEqual([[]]);
  expect(kept()).toEqual(before);
}, 60_000);

test('a kernel that waits loads what is of the library and is no type', () => {
  const cells = [
    "import fs from 'node:fs';\nimport { a } from './src/a';\nimport {\n  b,\n} from './src/b';",
    "import type { C } from './src/c';\nimport { beside } from './beside';\nimport { again } from './src/a';",
  ];
  expect(loadingCell(cells)).toBe("import './src/a';\nimport './src/b';");
  expect(loadingCell(['1 + 1'])).toBe('');
});

describe('a mistake of syntax', () => {
  test('in a cell hides no mistake of another that does not use it', async () => {
    const root = projectWith({});
    const sources = ['const broken = (;', 'const é = 1; é.trim();', 'broken;'];
    const [compiled] = await compileNotebooks(new CompiledModules(root), [{ folder: root, sources }]);
    const told = compiled.map(({ problems }) =>
      problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
    );
    expect(told[0]).toContain('1:17 Expression expected.');
    // `const é = 1; é.` takes 15 characters, and 17 bytes.
    expect(told[1]).toEqual(["1:16 Property 'trim' does not exist on type '1'."]);
    expect(told[2]).toEqual([]);
  }, 60_000);

  test('in a module is told with each cell that reaches it, and with no other', async () => {
    const root = projectWith({ 'src/broken.ts': 'export const value = (;\n' });
    const sources = ["import { value } from './src/broken';", 'value;', "'a'.toFixed();"];
    const [compiled] = await compileNotebooks(new CompiledModules(root), [{ folder: root, sources }]);
    const told = compiled.map(({ problems }) => problems.map(({ file, message }) => `${file ?? 'cell'}: ${message}`));
    const broken = 'src/broken.ts: Expression expected.';
    expect(told).toEqual([[broken], [broken], [expect.stringContaining("cell: Property 'toFixed'")]]);
  }, 60_000);
});

test('modules that are compiled together become what each becomes by itself', async () => {
  const files = {
    'src/types.ts': 'export interface Size { width: number }\nexport const size: Size = { width: 3 };\n',
    // Whether `Size` is a type is not asked of the other file: of that, this one's JavaScript must not depend.
    'src/index.ts':
      "import { Size, size } from './types';\nexport { Size } from './types';\nexport const twice = (s: Size = size) => 2 * s.width;\n",
  };
  const modules = new CompiledModules(projectWith(files));
  const together = transpileModules(
    modules,
    Object.entries(files).map(([file, source]) => ({ name: path.basename(file), source })),
  );
  const alone = Object.entries(files).map(([file, source]) => modules.transpile(source, path.basename(file)));
  expect(together.map(({ code }) => code)).toEqual(alone.map(({ code }) => code));
  expect(together.map(({ map }) => map?.sources)).toEqual(alone.map(({ map }) => map.sources));
});

test('modules are counted as they are found right, once for what was found so before', async () => {
  const root = projectWith({
    'src/deep.ts': 'export const value = 1;\n',
    'src/top.ts': "import { value } from './deep';\nexport const twice = 2 * value;\n",
  });
  const counts: number[][] = [];
  for (const times of [1, 2]) {
    const compiler = new Compiler(new CompiledModules(root));
    await compiler.compile("import { twice } from './src/top';", (...count) => counts.push([times, ...count]));
    compiler.close();
  }
  expect(counts).toEqual([
    [1, 0, 2],
    [1, 1, 2],
    [1, 2, 2],
  ]);
}, 60_000);

test('JavaScript with declarations beside it is known by them', async () => {
  const root = projectWith({
    'src/plain.js': 'exports.value = 1;\n',
    'src/plain.d.ts': 'export declare const value: number;\n',
  });
  expect(await compileAll(root, ["import { value } from './src/plain';\nvalue.toFixed();", 'value.trim();'])).toEqual([
    [],
    ["cell:1: Property 'trim' does not exist on type 'number'."],
  ]);
}, 60_000);

test('a cell imports what lies beside its notebook, else from the project folder', async () => {
  const root = projectWith({
    'src/top.ts': 'export const place = 1;\n',
    'scratch/helper.ts': "import { place } from '../src/top';\nexport const twice: number = 2 * place;\n",
    'scratch/src/own.ts': 'export const own = true;\n',
  });
  const folder = path.join(root, 'scratch');
  const compiler = new Compiler(new CompiledModules(root, folder));
  const compile = async (source: string) => (await compiler.compile(source)).problems.map(({ message }) => message);
  expect(
    await compile("import { twice } from './helper';\nimport { place } from './src/top';\ntwice + place;"),
  ).toEqual([]);
  compiler.add(['twice', 'place']);
  expect(await compile('twice.trim();')).toEqual(["Property 'trim' does not exist on type 'number'."]);
  expect((await compiler.complete("import {} from './h", 19)).matches).toEqual(['helper']);
  expect((await compiler.complete("import {} from './src/", 22)).matches).toEqual(['own', 'top']);

  writeFileSync(path.join(folder, 'helper.ts'), "export const twice = 'a word';\n");
  expect(await compile("import { twice } from './helper';\ntwice.trim();")).toEqual([]);
  expect(await compile("import { later } from './later';")).toEqual([
    expect.stringContaining("Cannot find module './later'"),
  ]);
  writeFileSync(path.join(folder, 'later.ts'), 'export const later = 1;\n');
  expect(await compile("import { later } from './later';\nlater + 1;")).toEqual([]);

  writeFileSync(path.join(folder, 'helper.ts'), "export * from './later';\n");
  const rounded = "import { later } from './helper';\nlater.toFixed();";
  expect(await compile(rounded)).toEqual([]);
  writeFileSync(path.join(folder, 'later.ts'), "export const later: string = 'a word';\n");
  expect(await compile(rounded)).toEqual(["Property 'toFixed' does not exist on type 'string'. Did you mean 'fixed'?"]);
}, 60_000);

test('completion knows names of earlier cells, members and module paths; a name is explained', async () => {
  const root = projectWith({
    'src/top.ts': '/** Two of them. */\nexport const twice = (value: number) => 2 * value;\n',
  });
  const home = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = path.join(root, 'home');
  const compiler = new Compiler(new CompiledModules(root));
  const cell = await compiler.compile("import { twice } from './src/top';\nconst scene = { width: 3, height: 2 };");
  compiler.add(cell.declared);
  expect(await compiler.complete('sce', 3)).toEqual({ start: 0, end: 3, matches: ['scene'] });
  expect((await compiler.complete('scene.', 6)).matches).toEqual(['height', 'width']);
  expect((await compiler.complete("import {} from './src/", 22)).matches).toEqual(['top']);
  expect(await compiler.complete("import {} from './s'", 19)).toEqual({ start: 18, end: 19, matches: ['src/'] });
  expect(await compiler.inspect('twice(1)', 2)).toContain('Two of them.');
  expect(await compiler.inspect('twice(1)', 2)).toContain('(value: number)');
  // A string that may be one of some words, of more than letters.
  const choice = "const kind: 'groups-8' | 'group-9' = 'groups-';\nkind;";
  expect(await compiler.complete(choice, 45)).toEqual({ start: 38, end: 45, matches: ['groups-8'] });
  // What is beyond ASCII, on lines below the first.
  expect(await compiler.complete("'é😀';\n  scene.wi + 1", 17)).toEqual({ start: 15, end: 17, matches: ['width'] });

  writeFileSync(path.join(root, 'src/top.ts'), 'export const twice = { later: 2 };\n');
  expect((await compiler.complete('twice.', 6)).matches).toEqual(['later']);
  compiler.close();
  // Nothing was fetched for it, such as types of packages, which the server would keep there.
  expect(existsSync(path.join(root, 'home'))).toBe(false);
  if (home === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = home;
}, 60_000);
