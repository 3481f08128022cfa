import type { z } from 'zod';

/** What a kind of configuration file may say, and how to help where one says something else. */
export interface ConfigurationFormat<T = unknown> {
  /** Every key, with its range and default. */
  schema: z.ZodType<T>;
  /** The way out of a wrong key or value. */
  remedy: string;
  /** Keys that have moved: where they stood, and where they stand now. The old place may still be written. */
  renamedKeys?: Readonly<Record<string, string>>;
  /** Keys at the top that a file does not take from the one it extends, such as its name. */
  ownKeys?: readonly string[];
}
