import type ts from 'typescript';
import { RunnerError } from './errors';
import { hasTag, isCode, type Notebook, newCodeCell, sourceOf } from './notebook';

export type ParameterValue = string | number | boolean;
export type Parameters = Record<string, ParameterValue>;

interface Declaration {
  keyword: 'let' | 'const' | 'var';
  /** The type annotation, ": number" for instance, or nothing. */
  type: string;
}

/**
 * Papermill's convention: the cell tagged `parameters` declares names with their defaults, and a cell tagged
 * `injected-parameters` right after it declares them again with the given values (tslab allows that). An injected cell
 * that is there already is replaced.
 *
 * @returns a copy; the notebook given stays as it is.
 * @throws RunnerError for a parameter which the notebook does not declare.
 */
export async function injectParameters(notebook: Notebook, parameters: Parameters, file: string): Promise<Notebook> {
  const names = Object.keys(parameters);
  const copy = structuredClone(notebook);
  if (names.length === 0) return copy;

  const cells = copy.cells.filter((cell) => !hasTag(cell, 'injected-parameters'));
  const position = cells.findIndex((cell) => isCode(cell) && hasTag(cell, 'parameters'));
  if (position < 0) {
    throw new RunnerError(
      `${file} has no cell tagged "parameters", so ${listed(names)} cannot be set`,
      'Add a code cell that declares it, and tag the cell "parameters" (JupyterLab: Property Inspector).',
    );
  }
  const declared = await declarations(sourceOf(cells[position]));
  for (const name of names) {
    if (!declared.has(name)) {
      throw new RunnerError(
        `${file} has no parameter "${name}"; its parameters cell declares ${listed([...declared.keys()]) || 'none'}`,
        'Use one of those names, or declare it there with let or const.',
      );
    }
  }
  const lines = names.map((name) => {
    const { keyword, type } = declared.get(name)!;
    return `${keyword} ${name}${type} = ${typescriptLiteral(parameters[name])};`;
  });
  const injected = newCodeCell(copy, ['// Parameters', ...lines].join('\n'), { tags: ['injected-parameters'] });
  cells.splice(position + 1, 0, injected);
  return { ...copy, cells };
}

/** The names that a cell declares at its top level with `let`, `const` or `var`, in order. */
export async function declarations(source: string): Promise<Map<string, Declaration>> {
  const ts = await import('typescript');
  const found = new Map<string, Declaration>();
  const file = ts.createSourceFile('parameters.ts', source, ts.ScriptTarget.Latest);
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const keyword = keywordOf(ts, statement.declarationList.flags);
    for (const { name, type } of statement.declarationList.declarations) {
      if (ts.isIdentifier(name)) found.set(name.text, { keyword, type: type ? `: ${type.getText(file)}` : '' });
    }
  }
  return found;
}

function keywordOf(typescript: typeof ts, flags: ts.NodeFlags): Declaration['keyword'] {
  if (flags & typescript.NodeFlags.Const) return 'const';
  return flags & typescript.NodeFlags.Let ? 'let' : 'var';
}

/** The value as TypeScript source: `'it\'s'`, `-1`, `NaN`, `true`. */
export function typescriptLiteral(value: ParameterValue): string {
  if (typeof value !== 'string') return Object.is(value, -0) ? '-0' : String(value);
  // JSON escapes line ends and control characters; only the quotes differ.
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function listed(names: string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
