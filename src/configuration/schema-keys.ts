import { z } from 'zod';
import type { KeyPath } from './sourced';

/** The schema of the value at `path`, or undefined where the schema has no such key. */
export function schemaAt(path: KeyPath, root: z.ZodType): z.ZodType | undefined {
  let schema = root;
  for (const key of path) {
    const container: z.ZodType = unwrap(schema);
    const shape = shapeOf(container);
    if (shape && Object.hasOwn(shape, key)) schema = shape[key];
    else if (container instanceof z.ZodArray && Number.isInteger(Number(key))) schema = container.element as z.ZodType;
    else return undefined;
  }
  return schema;
}

/** The keys an object at `path` may have; none when it is not an object. */
export function keysAt(path: KeyPath, root: z.ZodType): string[] {
  const schema = schemaAt(path, root);
  return Object.keys((schema && shapeOf(unwrap(schema))) ?? {});
}

/** What an object may have, whatever name it goes by where a name decides. */
function shapeOf(schema: z.ZodType): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodDiscriminatedUnion)
    return Object.assign({}, ...[...schema.options].reverse().map((option) => shapeOf(option as z.ZodType)));
  return undefined;
}

/** Dotted paths of every key of the schema, objects included; keys of array items are left out. */
export function allKeys(root: z.ZodType, path: string[] = []): string[] {
  return keysAt(path, root).flatMap((key) => [[...path, key].join('.'), ...allKeys(root, [...path, key])]);
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodNullable) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}
