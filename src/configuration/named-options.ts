import { z } from 'zod';

/** An entry of a table of things that go by a name: what one may say of it. */
export interface Named {
  readonly options: z.ZodRawShape;
}

/** What an entry is when it is asked for by that name, with all its options. */
export type NamedOptions<T extends Record<string, Named>> = {
  [K in keyof T & string]: { name: K } & { [O in keyof T[K]['options']]: z.infer<T[K]['options'][O]> };
}[keyof T & string];

/** The same, as far as one gives them. */
export type NamedSettings<T extends Record<string, Named>> = {
  [K in keyof T & string]: { name: K } & { [O in keyof T[K]['options']]?: z.input<T[K]['options'][O]> };
}[keyof T & string];

/** The schema of an object that names an entry of a table and may give that entry's options. */
export function namedOptions<T extends Record<string, Named>>(table: T): z.ZodType<NamedOptions<T>, NamedSettings<T>> {
  const entries = Object.entries(table).map(([name, { options }]) =>
    z.strictObject({ name: z.literal(name), ...options }),
  );
  const union = z.discriminatedUnion('name', entries as unknown as [(typeof entries)[number], ...typeof entries]);
  // The type of a union that is made of a table's entries one by one is not inferred.
  return union as unknown as z.ZodType<NamedOptions<T>, NamedSettings<T>>;
}
