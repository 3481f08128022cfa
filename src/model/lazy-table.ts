/**
 * A table whose entries are made when they are first asked for. So the names can be known without what the entries need, as the
 * check of an experiment knows its encoder without TensorFlow.
 */
export function lazyTable<Name extends string, Entry>(
  makers: Record<Name, () => Entry>,
): Readonly<Record<Name, Entry>> {
  const table = {} as Record<Name, Entry>;
  for (const name of Object.keys(makers) as Name[])
    Object.defineProperty(table, name, { enumerable: true, get: makers[name] });
  return table;
}
