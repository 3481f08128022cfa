import { z } from 'zod';

/** An entry of a table of things that go by a name: what one may say of it. */
export interface Named {
  readonly options: z.ZodRawShape;
}

/** Values of options. */
export type OptionsOf<C extends z.ZodRawShape> = { [O in keyof C]: z.infer<C[O]> };

/** What an entry is when it is asked for by that name, with all its options. */
export type NamedOptions<T extends Record<string, Named>> = {
  [K in keyof T & string]: { name: K } & OptionsOf<T[K]['options']>;
}[keyof T & string];

/** The same, as far as one gives them. */
export type NamedSettings<T extends Record<string, Named>> = {
  [K in keyof T & string]: { name?: K } & { [O in keyof T[K]['options']]?: z.input<T[K]['options'][O]> };
}[keyof T & string];

type Settings<T extends Record<string, Named>, C extends z.ZodRawShape> = NamedSettings<T> & Partial<OptionsOf<C>>;

/**
 * The schema of an object that names an entry of a table and may give that entry's options. Without a name it is the first.
 *
 * @param common options that all entries have
 */
export function namedOptions<T extends Record<string, Named>, C extends z.ZodRawShape = Record<never, never>>(
  table: T,
  common: C = {} as C,
): z.ZodType<NamedOptions<T> & OptionsOf<C>, Settings<T, C>> {
  const entries = Object.entries(table).map(([name, { options }], index) => {
    const own = index === 0 ? z.literal(name).default(name) : z.literal(name);
    return z.strictObject({ name: own, ...common, ...options });
  });
  const union: unknown = z.discriminatedUnion('name', entries as unknown as [z.ZodObject<{ name: z.ZodLiteral }>]);
  // The type of a union that is made of a table's entries one by one is not inferred.
  return union as z.ZodType<NamedOptions<T> & OptionsOf<C>, Settings<T, C>>;
}
