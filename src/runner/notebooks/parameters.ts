import type ts from 'typescript';
import { RunnerError } from '../errors';
import { hasTag, isCode, type Notebook, newCodeCell, sourceOf } from './notebook';

export type ParameterValue = string | number | boolean;
export type Parameters = Record<string, ParameterValue>;

interface Declaration {
  keyword: 'let' | 'const' | 'var';
  /** The type annotation, ": number" for instance, or nothing. */
  type: string;
  /** What values it takes, by its annotation or its default; undefined when neither says. */
  kind?: 'string' | 'number' | 'boolean';
}

/**
 * Papermill's convention: the cell tagged `parameters` declares names with their defaults, and a cell tagged
 * `injected-parameters` right after it declares them again with the given values (the kernel allows that). An injected cell
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
    for (const { name, type, initializer } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name)) continue;
      const annotation = type?.getText(file);
      const kind = annotation ?? kindOf(ts, initializer);
      found.set(name.text, {
        keyword,
        type: annotation ? `: ${annotation}` : '',
        kind: kind === 'string' || kind === 'number' || kind === 'boolean' ? kind : undefined,
      });
    }
  }
  return found;
}

function keywordOf(typescript: typeof ts, flags: ts.NodeFlags): Declaration['keyword'] {
  if (flags & typescript.NodeFlags.Const) return 'const';
  return flags & typescript.NodeFlags.Let ? 'let' : 'var';
}

function kindOf(typescript: typeof ts, initializer: ts.Expression | undefined): Declaration['kind'] {
  const { SyntaxKind } = typescript;
  const value = initializer && typescript.isPrefixUnaryExpression(initializer) ? initializer.operand : initializer;
  if (value?.kind === SyntaxKind.NumericLiteral) return 'number';
  if (value?.kind === SyntaxKind.TrueKeyword || value?.kind === SyntaxKind.FalseKeyword) return 'boolean';
  return value && typescript.isStringLiteralLike(value) ? 'string' : undefined;
}

/**
 * Parameters as written on the command line, `name=value`. A value is read as what the notebook declares (text, a number,
 * true or false); where it does not say, as what it looks like.
 *
 * @throws RunnerError for what is not of that form, or a value that is not what the notebook declares
 */
export async function parseParameters(notebook: Notebook, settings: readonly string[], file: string) {
  const cell = notebook.cells.find((each) => isCode(each) && hasTag(each, 'parameters'));
  const declared = cell ? await declarations(sourceOf(cell)) : new Map<string, Declaration>();
  const parameters: Parameters = {};
  for (const setting of settings) {
    const [, name, text] = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined)
      throw new RunnerError(`-p ${setting}: expected name=value`, 'Write a name, an equals sign and the value.');
    parameters[name] = parseValue(text, declared.get(name)?.kind, `${file}, parameter "${name}"`);
  }
  return parameters;
}

function parseValue(text: string, kind: Declaration['kind'], what: string): ParameterValue {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (kind === 'string') return text;
  if (kind !== 'boolean' && (!Number.isNaN(number) || text === 'NaN')) return number;
  if (kind !== 'number' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind === undefined) return text;
  const expected = kind === 'number' ? 'a number' : 'true or false';
  throw new RunnerError(`${what}: expected ${expected}, found "${text}"`, 'Give a value of the declared type.');
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
