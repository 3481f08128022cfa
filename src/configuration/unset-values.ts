import { z } from 'zod';
import { schemaAt } from './schema-keys';
import type { KeyPath, Sourced } from './sourced';

/**
 * Values without those that `null` unsets: where a key may be left out, an inherited value of it is taken
 * back by null. Where null is a value of its own, it stays; where neither, it is left for the schema to refuse.
 */
export function withoutUnset(node: Sourced, schema: z.ZodType, path: KeyPath = []): Sourced {
  if (!node.entries) return node;
  const kept = [...node.entries].flatMap(([key, value]): [string, Sourced][] => {
    const here = [...path, key];
    return value.scalar === null && mayBeAbsent(schemaAt(here, schema))
      ? []
      : [[key, withoutUnset(value, schema, here)]];
  });
  return { ...node, entries: new Map(kept) };
}

/** Optional, or an object whose every key is: both say nothing where they are absent. */
function mayBeAbsent(schema: z.ZodType | undefined): boolean {
  if (schema instanceof z.ZodOptional) return true;
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  return (
    inner instanceof z.ZodObject && Object.values(inner.shape).every((field: unknown) => field instanceof z.ZodOptional)
  );
}
