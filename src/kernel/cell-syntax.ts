import type ts from 'typescript';

/**
 * How a later cell may use a name: assign to a `variable`, read a `value` (a constant, function, class or import), or only
 * name a `type`.
 */
export type NameKind = 'variable' | 'value' | 'type';

/** What a cell says by itself, without a look at other cells or at modules. */
export interface CellSyntax {
  /** The cell; `export` before a declaration, which says nothing in a notebook, is blanked. */
  source: string;
  declared: Record<string, NameKind>;
  /** Of the declared names those that are imported: from which module, under which of its names. `*` is the module. */
  imported: Record<string, { module: string; name: string }>;
  /** Identifiers that may stand for a name of another cell. */
  mentioned: string[];
  /** Modules that it imports or requires, as written. */
  modules: string[];
}

export function cellSyntax(typescript: typeof ts, source: string): CellSyntax {
  const file = typescript.createSourceFile('cell.ts', source, typescript.ScriptTarget.Latest, true);
  const syntax: CellSyntax = {
    source: withoutExport(typescript, file),
    declared: {},
    imported: {},
    mentioned: [],
    modules: typescript.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName),
  };
  for (const statement of file.statements) declare(typescript, statement, syntax);
  const mentioned = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (typescript.isIdentifier(node) && !isPropertyName(typescript, node)) mentioned.add(node.text);
    typescript.forEachChild(node, visit);
  };
  visit(file);
  syntax.mentioned = [...mentioned].sort();
  return syntax;
}

const LITERAL = /^let ([A-Za-z_$][\w$]*) = ('[^'\\\r]*'|"[^"\\\r]*"|(?:0|[1-9]\d*)(?:\.\d+)?|true|false);$/;

/**
 * The types of a cell's variables, if it does nothing but give each a text, a number, true or false, as in
 * `let experiment = 'a.yaml'`: whether it is right, and what later cells see of it, depends neither on the values nor on
 * comments. A name is given once.
 *
 * @returns undefined for any other cell
 */
export function literalDeclarations(source: string): Record<string, string> | undefined {
  const lines = source.split('\n').filter((line) => line !== '' && !/^\/\/(?!\/|.*@ts-)/.test(line));
  const types: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = LITERAL.exec(line) ?? [];
    if (!name || name in types) return undefined;
    types[name] = /^['"]/.test(value) ? 'string' : typeof JSON.parse(value);
  }
  return types;
}

function withoutExport(typescript: typeof ts, file: ts.SourceFile): string {
  const blanked = file.text.split('');
  for (const statement of file.statements) {
    const modifiers = typescript.canHaveModifiers(statement) ? (typescript.getModifiers(statement) ?? []) : [];
    if (modifiers.some(({ kind }) => kind === typescript.SyntaxKind.DefaultKeyword)) continue;
    for (const modifier of modifiers)
      if (modifier.kind === typescript.SyntaxKind.ExportKeyword)
        blanked.fill(' ', modifier.getStart(file), modifier.end);
  }
  return blanked.join('');
}

function declare(typescript: typeof ts, statement: ts.Statement, { declared, imported }: CellSyntax): void {
  const add = (name: ts.Identifier | undefined, kind: NameKind) => {
    // An interface and a constant may share a name; the constant is what can be carried over.
    if (name && (kind !== 'type' || !(name.text in declared))) declared[name.text] = kind;
  };
  const addPattern = (name: ts.BindingName, kind: NameKind): void => {
    if (typescript.isIdentifier(name)) add(name, kind);
    else for (const element of name.elements) if ('name' in element) addPattern(element.name, kind);
  };
  const isAmbient =
    typescript.canHaveModifiers(statement) &&
    typescript.getModifiers(statement)?.some(({ kind }) => kind === typescript.SyntaxKind.DeclareKeyword) === true;
  const valueKind = isAmbient ? 'type' : 'value';

  if (typescript.isVariableStatement(statement)) {
    const constant = (statement.declarationList.flags & typescript.NodeFlags.BlockScoped) >= typescript.NodeFlags.Const;
    const kind = isAmbient ? 'type' : constant ? 'value' : 'variable';
    for (const { name } of statement.declarationList.declarations) addPattern(name, kind);
  } else if (typescript.isFunctionDeclaration(statement) || typescript.isClassDeclaration(statement)) {
    add(statement.name, valueKind);
  } else if (typescript.isEnumDeclaration(statement)) {
    add(statement.name, valueKind);
  } else if (typescript.isModuleDeclaration(statement)) {
    if (typescript.isIdentifier(statement.name)) add(statement.name, valueKind);
  } else if (typescript.isInterfaceDeclaration(statement) || typescript.isTypeAliasDeclaration(statement)) {
    add(statement.name, 'type');
  } else if (typescript.isImportEqualsDeclaration(statement)) {
    add(statement.name, statement.isTypeOnly ? 'type' : 'value');
  } else if (typescript.isImportDeclaration(statement) && statement.importClause) {
    const { isTypeOnly, name: whole, namedBindings } = statement.importClause;
    const module = (statement.moduleSpecifier as ts.StringLiteral).text;
    const addImport = (local: ts.Identifier, name: string, typeOnly: boolean) => {
      add(local, typeOnly ? 'type' : 'value');
      if (!typeOnly) imported[local.text] = { module, name };
    };
    if (whole) addImport(whole, 'default', isTypeOnly);
    if (namedBindings && typescript.isNamespaceImport(namedBindings)) addImport(namedBindings.name, '*', isTypeOnly);
    else if (namedBindings)
      for (const { name, propertyName, isTypeOnly: own } of namedBindings.elements)
        addImport(name, (propertyName ?? name).text, isTypeOnly || own);
  }
}

function isPropertyName(typescript: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (typescript.isPropertyAccessExpression(parent) && parent.name === node) ||
    (typescript.isPropertyAssignment(parent) && parent.name === node) ||
    (typescript.isQualifiedName(parent) && parent.right === node)
  );
}
