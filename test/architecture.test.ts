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
  'publishing',
  'report',
  'evaluation',
  'training',
  'model',
  'data',
  'experiment',
  'tensorflow',
];
const GROUND = ['errors', 'interruption'];
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
      if (target === 'setup') return BUN_LAYERS.includes(layer);
      return layer !== 'setup' && !GROUND.includes(layer) && LAYERS.indexOf(target) > LAYERS.indexOf(layer);
    }),
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
