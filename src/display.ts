/** An output of a notebook's cell in several forms, by their MIME types; a reader shows the richest that it can. */
export type MimeBundle = Record<string, unknown>;

/**
 * The method by which an object says how it is shown as the value of a cell: it returns a {@link MimeBundle}, or a promise of
 * one. The name is that of Deno's kernel.
 */
export const DISPLAY: unique symbol = Symbol.for('Jupyter.display') as never;
