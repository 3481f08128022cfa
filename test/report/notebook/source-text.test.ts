import { expect, test } from 'bun:test';
import path from 'node:path';
import ts from 'typescript';
import { DECODERS } from '../../../src/model/decoders';
import { ENCODERS } from '../../../src/model/encoders';
import { encoderFeatures, type SourceFunction } from '../../../src/model/encoders/encoder';
import { functionSource } from '../../../src/report/notebook/source-text';

process.chdir(path.resolve(import.meta.dir, '..', '..', '..'));
const shown: SourceFunction[] = [
  encoderFeatures,
  ...Object.values(ENCODERS).flatMap(({ madeOf }) => madeOf),
  ...Object.values(DECODERS).flatMap(({ madeOf, model }) => [...madeOf, model]),
];

test.each([...new Set(shown)].map((each) => [each.name, each] as const))(
  'the source of %s is that function, whole, with its docstring',
  (name, each) => {
    const [, code] = /```ts\n(.*)\n```/s.exec(functionSource(each))!;
    expect(code).toStartWith('/**');
    const file = ts.createSourceFile('shown.ts', code, ts.ScriptTarget.Latest);
    const [declaration, ...others] = file.statements;
    expect(others).toEqual([]);
    expect(ts.isFunctionDeclaration(declaration) && declaration.name?.text).toBe(name);
    expect((file as unknown as { parseDiagnostics: unknown[] }).parseDiagnostics).toEqual([]);
  },
);

test('a function that is not there is refused', () => {
  expect(() => functionSource(function elsewhere() {})).toThrow(
    'function elsewhere is declared in 0 files below src/model',
  );
});
