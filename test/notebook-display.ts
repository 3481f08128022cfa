/** Stands in for the kernel's side of a display, before anything is imported: Bun takes the exports of tslab's module as they are then. */
import { createRequire } from 'node:module';

/** What would be shown in a notebook, in its order. */
export const shown: { data: Record<string, string> }[] = [];

createRequire(import.meta.url)('tslab/dist/jupyter').lastWriteDisplayData = (output: (typeof shown)[number]) =>
  shown.push(output);
