import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { nearestFile } from '../../configuration/nearest-file';
import { writeFile } from '../../files/write-file';
import { RunnerError } from '../errors';

/** Text as nbformat stores it: one string, or its lines with their line ends. */
const multiline = z.union([z.string(), z.array(z.string())]);

const output = z.looseObject({ output_type: z.enum(['stream', 'display_data', 'execute_result', 'error']) });

const cellBase = {
  id: z.string().optional(),
  source: multiline,
  metadata: z.looseObject({ tags: z.array(z.string()).optional() }),
};
const codeCell = z.looseObject({
  ...cellBase,
  cell_type: z.literal('code'),
  execution_count: z.number().int().nullish(),
  outputs: z.array(output).default([]),
});
const textCell = z.looseObject({ ...cellBase, cell_type: z.enum(['markdown', 'raw']) });

const notebookSchema = z.looseObject({
  nbformat: z.literal(4),
  nbformat_minor: z.number().int().nonnegative(),
  metadata: z.looseObject({
    kernelspec: z.looseObject({ name: z.string(), language: z.string().optional() }).optional(),
    /** `reads`: the sections of its experiment that it depends on; all when absent. */
    roadseg: z.looseObject({ reads: z.array(z.string()).optional() }).optional(),
  }),
  cells: z.array(z.discriminatedUnion('cell_type', [codeCell, textCell])),
});

/** A Jupyter notebook, format 4; keys not named here are carried through untouched. */
export type Notebook = z.infer<typeof notebookSchema>;
export type NotebookCell = Notebook['cells'][number];
export type CodeCell = z.infer<typeof codeCell>;
export type Output = z.infer<typeof output>;

/** @throws RunnerError naming the file when it cannot be read, is not JSON, or is not a TypeScript notebook. */
export async function readNotebook(file: string): Promise<Notebook> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'ENOENT'
        ? `there is no such file${nearestFile(file, process.cwd())}`
        : String(cause);
    throw new RunnerError(
      `${file} cannot be read: ${why}`,
      "Give the path of a notebook, such as 'notebooks/01.ipynb'.",
    );
  }
  return parseNotebook(text, file);
}

/** `file` is only for messages. See {@link readNotebook}. */
export function parseNotebook(text: string, file: string): Notebook {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RunnerError(`${file} is not JSON: ${(cause as Error).message}`, restoreIt);
  }
  const parsed = notebookSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    throw new RunnerError(`${file} is not a notebook of format 4: ${where}${issue.message}`, restoreIt);
  }
  const { kernelspec } = parsed.data.metadata;
  const language = kernelspec?.language ?? 'typescript';
  if (language !== 'typescript') {
    throw new RunnerError(
      `${file} is a ${language} notebook (kernel "${kernelspec?.name}"); the runner executes TypeScript`,
      'In JupyterLab choose the kernel "TypeScript" for it and save it.',
    );
  }
  return parsed.data;
}

const restoreIt = 'Restore it from version control, or save it again in JupyterLab.';

/** Writes beside the file and renames, so that a reader never meets half a notebook. */
export function writeNotebook(file: string, notebook: Notebook): void {
  // One space, a final line feed: as Jupyter writes them, so that differences stay small.
  writeFile(file, `${JSON.stringify(notebook, null, 1)}\n`);
}

export function sourceOf(cell: { source: string | string[] }): string {
  return typeof cell.source === 'string' ? cell.source : cell.source.join('');
}

/** "a\nb" → ["a\n", "b"], nbformat's way of keeping text readable in a diff. */
export function toLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

export function isCode(cell: NotebookCell): cell is CodeCell {
  return cell.cell_type === 'code';
}

export function hasTag(cell: NotebookCell, tag: string): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}

/** A code cell with no outputs; `id` only where the format knows it (4.5 and later). */
export function newCodeCell(notebook: Notebook, source: string, metadata: CodeCell['metadata']): CodeCell {
  const cell: CodeCell = { cell_type: 'code', metadata, execution_count: null, outputs: [], source: toLines(source) };
  return notebook.nbformat_minor >= 5 ? { id: randomBytes(4).toString('hex'), ...cell } : cell;
}
