import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Glob } from 'bun';
import ts from 'typescript';

const source = path.resolve(import.meta.dir, '..', 'src');

/** Imports go down this list only; the ground may be imported by all, `setup` by those that use Bun. */
const LAYERS = [
  'cli',
  'commands',
  'runner',
  'kernel',
  'explore',
  'publishing',
  'report',
  'study',
  'tables',
  'experiment',
  'evaluation',
  'training',
  'model',
  'data',
  'streets',
  'tensorflow',
  'configuration',
  'files',
];
const GROUND = ['display', 'errors', 'html', 'human-units', 'interruption', 'labels', 'random', 'splits'];
const BUN_LAYERS = ['cli', 'commands', 'runner'];

const files = [...new Glob('**/*.{ts,mjs}').scanSync(source)].filter((file) => !file.endsWith('.d.ts')).sort();
const textOf = (file: string) => readFileSync(path.join(source, file), 'utf8');
const layerOf = (file: string) => file.split(path.sep)[0].replace(/\.ts$/, '');

/** What a file imports, types and `require` included: packages by name, own files relative to `src`. */
function importsOf(file: string): string[] {
  return ts.preProcessFile(textOf(file), true, true).importedFiles.map(({ fileName }) => {
    return fileName.startsWith('.') ? path.join(path.dirname(file), fileName) : fileName;
  });
}

function violations(allowed: (layer: string, imported: string) => boolean): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => !allowed(layerOf(file), imported))
      .map((imported) => `${file} imports ${imported}`),
  );
}

test('every file stands in a layer', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => ![...LAYERS, ...GROUND, 'setup'].includes(layerOf(file)))).toEqual([]);
});

test('imports go one way, down the list of layers', () => {
  const isOwn = (imported: string) => [...LAYERS, ...GROUND, 'setup'].includes(layerOf(imported));
  expect(
    violations((layer, imported) => {
      const target = layerOf(imported);
      if (imported.startsWith('..')) return BUN_LAYERS.includes(layer); // package.json and the like
      if (!isOwn(imported) || target === layer || GROUND.includes(target)) return true;
      if (target === 'setup') return BUN_LAYERS.includes(layer) || ['kernel', 'files'].includes(layer); // its lock and its way to write
      return layer !== 'setup' && !GROUND.includes(layer) && LAYERS.indexOf(target) > LAYERS.indexOf(layer);
    }),
  ).toEqual([]);
});

/** What a file imports of `src`, as files of it. */
function ownImportsOf(file: string): string[] {
  return importsOf(file).flatMap((imported) => {
    const found = [imported, `${imported}.ts`, path.join(imported, 'index.ts')].find((each) => files.includes(each));
    return found ?? [];
  });
}

/** All that files import, and what that imports, and so on; themselves included. */
function reachedFrom(starts: readonly string[]): Set<string> {
  const reached = new Set(starts);
  for (const file of reached) for (const imported of graph.get(file)!) reached.add(imported);
  return reached;
}

const graph = new Map(files.map((file) => [file, ownImportsOf(file)]));

test('no two files import each other in a circle, types included', () => {
  const reached = new Map(files.map((file) => [file, reachedFrom(graph.get(file)!)]));
  const circles = files
    .filter((file) => reached.get(file)!.has(file))
    .map((file) => files.filter((other) => reached.get(file)!.has(other) && reached.get(other)!.has(file)).join(' '));
  expect([...new Set(circles)]).toEqual([]);
});

/** Each of these could be lifted out as a package: with all that it imports it holds nothing of the rest of the project. */
const LIFTABLE: Record<string, { with: string[]; climbing: string[] }> = {
  streets: { with: [], climbing: [] },
  tensorflow: { with: ['files', 'setup'], climbing: [] },
  runner: {
    with: ['kernel', 'configuration', 'files', 'setup'],
    climbing: [],
  },
};

test.each(Object.entries(LIFTABLE))('%s could be lifted out', (layer, { with: companions, climbing }) => {
  const reached = [...reachedFrom(files.filter((file) => layerOf(file) === layer))];
  const taken = new Set(reached.map(layerOf).filter((each) => !GROUND.includes(each)));
  expect([...taken].filter((each) => ![layer, ...companions].includes(each)).sort()).toEqual(climbing);
});

/** Names that several files still export, each for something of its own; none may be added. */
const SHARED_NAMES: string[] = ['Place', 'Change', 'Scene', 'differences', 'Rgb', 'Figure'];

test('no two files export something of one name', () => {
  const declared = files.flatMap((file) =>
    ts
      .createSourceFile(file, textOf(file), ts.ScriptTarget.Latest)
      .statements.filter(
        (statement) =>
          ts.canHaveModifiers(statement) &&
          ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
      )
      .flatMap((statement): (ts.Node | undefined)[] =>
        ts.isVariableStatement(statement)
          ? statement.declarationList.declarations.map(({ name }) => name)
          : [(statement as ts.DeclarationStatement).name],
      )
      .flatMap((name) => (name && ts.isIdentifier(name) ? `${name.text} ${file}` : [])),
  );
  const places = new Map<string, Set<string>>();
  for (const [name, file] of declared.map((each) => each.split(' ')))
    places.set(name, (places.get(name) ?? new Set()).add(file));
  expect([...places].filter(([, where]) => where.size > 1).map(([name]) => name)).toEqual(SHARED_NAMES);
});

test('only src/data draws streets', () => {
  expect(
    violations((layer, imported) => ['data', 'streets'].includes(layer) || layerOf(imported) !== 'streets'),
  ).toEqual([]);
});

test('only src/tensorflow imports TensorFlow.js', () => {
  expect(violations((layer, imported) => layer === 'tensorflow' || !imported.startsWith('@tensorflow/'))).toEqual([]);
});

test('setup runs before anything is installed: it imports Node and itself only', () => {
  expect(
    violations((layer, imported) => layer !== 'setup' || imported.startsWith('node:') || layerOf(imported) === 'setup'),
  ).toEqual([]);
});

test('only the command line, its commands and the runner use Bun; notebooks run in Node', () => {
  expect(violations((layer, imported) => BUN_LAYERS.includes(layer) || !/^bun(:|$)/.test(imported))).toEqual([]);
  const users = files.filter((file) => {
    const text = textOf(file);
    // The parser tells the global from a word in a comment or a string.
    const mentions = (node: ts.Node): boolean =>
      (ts.isIdentifier(node) && node.text === 'Bun') || ts.forEachChild(node, mentions) === true;
    return text.includes('Bun') && mentions(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  });
  expect(users.filter((file) => !BUN_LAYERS.includes(layerOf(file)))).toEqual([]);
});

test('what notebooks reach has no import.meta, which the kernel cannot compile', () => {
  const users = files.filter((file) => {
    const mentions = (node: ts.Node): boolean =>
      (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) ||
      ts.forEachChild(node, mentions) === true;
    return mentions(ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest));
  });
  const allowed = (file: string) => [...BUN_LAYERS, 'setup'].includes(layerOf(file)) || file.endsWith('.mjs');
  expect(users.filter((file) => !allowed(file))).toEqual([]);
});
