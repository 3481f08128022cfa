import type ts from 'typescript';
import { CELL_HELPERS, type Cell } from './cell';
import type { CompiledModules } from './compiled-modules.mjs';

export interface ExecutableCell {
  /** CommonJS, which may await at the top. */
  code: string;
  map: object | null;
}

/** JavaScript of a cell: imports first, as in a module, and the value of a last expression handed over to be shown. */
export function emitCell(modules: CompiledModules, cell: Cell): ExecutableCell {
  const { typescript } = modules;
  return modules.transpile(cell.executedText, 'cell.ts', { before: [() => (file) => rearranged(typescript, file)] });
}

function rearranged(typescript: typeof ts, file: ts.SourceFile): ts.SourceFile {
  const { factory } = typescript;
  const statements = [...file.statements];
  const last = statements.at(-1);
  if (last && typescript.isExpressionStatement(last) && !isHelperCall(typescript, last)) {
    const result = factory.createPropertyAccessExpression(factory.createIdentifier(CELL_HELPERS), 'result');
    const call = factory.createCallExpression(result, undefined, [last.expression]);
    statements[statements.length - 1] = factory.updateExpressionStatement(last, call);
  }
  return factory.updateSourceFile(file, [
    ...statements.filter(typescript.isImportDeclaration),
    ...statements.filter((statement) => !typescript.isImportDeclaration(statement)),
  ]);
}

/** The header's own, in a cell that is otherwise empty. */
function isHelperCall(typescript: typeof ts, { expression }: ts.ExpressionStatement): boolean {
  return typescript.isCallExpression(expression) && expression.expression.getText().startsWith(`${CELL_HELPERS}.`);
}
