import { expect, test } from 'bun:test';
import { isCode, type Notebook, parseNotebook, sourceOf } from '../../../src/runner/notebooks/notebook';
import { declarations, injectParameters, typescriptLiteral } from '../../../src/runner/notebooks/parameters';

function notebook(...cells: { source: string; tags?: string[] }[]): Notebook {
  const json = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map(({ source, tags }) => ({
      cell_type: 'code',
      metadata: tags ? { tags } : {},
      source,
      outputs: [],
    })),
  };
  return parseNotebook(JSON.stringify(json), 'test.ipynb');
}

const declaring = {
  source: "let experiment = 'a.yaml';\nconst rate: number = 1, verbose = false;",
  tags: ['parameters'],
};

test('values are declared again right after the parameters cell, with the keyword and type they had', async () => {
  const original = notebook({ source: '1' }, declaring, { source: '2' });
  const injected = await injectParameters(
    original,
    { experiment: "it's.yaml", rate: 0.5, verbose: true },
    'test.ipynb',
  );
  expect(injected.cells.map((cell) => sourceOf(cell))).toEqual([
    '1',
    declaring.source,
    "// Parameters\nlet experiment = 'it\\'s.yaml';\nconst rate: number = 0.5;\nconst verbose = true;",
    '2',
  ]);
  expect(injected.cells[2].metadata.tags).toEqual(['injected-parameters']);
  expect(injected.cells.every(isCode)).toBe(true);
  expect(original.cells).toHaveLength(3);
});

test('an injected cell that is there already is replaced', async () => {
  const once = await injectParameters(notebook(declaring), { rate: 2 }, 'test.ipynb');
  const twice = await injectParameters(once, { rate: 3 }, 'test.ipynb');
  expect(twice.cells.map((cell) => sourceOf(cell))).toEqual([
    declaring.source,
    '// Parameters\nconst rate: number = 3;',
  ]);
});

test('an unknown parameter is named, with the known ones', async () => {
  const attempt = injectParameters(notebook(declaring), { experimnt: 'a' }, 'test.ipynb');
  expect(attempt).rejects.toThrow(
    'test.ipynb has no parameter "experimnt"; its parameters cell declares "experiment", "rate", "verbose"',
  );
});

test('parameters for a notebook without a parameters cell are an error', async () => {
  const attempt = injectParameters(notebook({ source: 'let rate = 1' }), { rate: 2 }, 'test.ipynb');
  expect(attempt).rejects.toThrow('test.ipynb has no cell tagged "parameters", so "rate" cannot be set');
});

test('only names at the top level count as declared', async () => {
  const source = "// let commented = 1;\nvar a = 'let quoted = 1';\n{ let inner = 1; }\nfunction f() { const b = 2; }";
  expect([...(await declarations(source)).keys()]).toEqual(['a']);
});

test('literals are TypeScript', () => {
  const values = ['a"b\\c\n', -1.5, Number.NaN, Number.NEGATIVE_INFINITY, -0, false];
  expect(values.map(typescriptLiteral)).toEqual(["'a\"b\\\\c\\n'", '-1.5', 'NaN', '-Infinity', '-0', 'false']);
});
