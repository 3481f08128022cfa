import path from 'node:path';
import * as jupyter from 'tslab/dist/jupyter';
import type { ClassSet } from '../../data/classes/class-set';
import type { Run } from '../../experiment/run-folder';
import { WORKS_FOR_VARIABLE } from '../../files/folder-lock';
import { NOTEBOOK_FOLDER_VARIABLE } from '../../files/project-path';
import { type Html, html } from '../../html';
import { classReductionHtml, classReductionTitle, writeClassReduction } from '../figures/class-reduction';

/**
 * Shows one output of a cell in several forms, by their MIME types, of which a reader takes the best it can. tslab's own
 * `display` sends one form alone.
 *
 * @param place of an output that is replaced later: its id, and whether this replaces it
 */
export function show(bundle: Record<string, string>, place: { id?: string; update?: boolean } = {}): void {
  if (!jupyter.lastWriteDisplayData) throw new Error('only in a notebook can something be shown');
  const output = { data: bundle, metadata: {}, transient: { display_id: place.id } };
  jupyter.lastWriteDisplayData(output, place.update ?? false);
}

/** A picture as what {@link show} takes: HTML, the PNG for readers that show none, and words for those that show neither. */
export function pictureBundle(shown: Html | string, png: Buffer, words: string) {
  return { 'text/html': String(shown), 'image/png': png.toString('base64'), 'text/plain': words };
}

/** Writes the reduction of labels to classes into a folder, and shows it as a table. */
export async function showClassReduction(classSet: ClassSet, folder: string): Promise<void> {
  const png = await writeClassReduction(folder, classSet);
  show(pictureBundle(classReductionHtml(classSet), png, classReductionTitle(classSet)));
}

/**
 * Shows a file of a run as a link, which opens in JupyterLab.
 *
 * @param file relative to the working directory
 */
export function showLink(run: Pick<Run, 'path'>, file: string, label = file): void {
  // The runner saves what it executes in the run's folder.
  const from = process.env[WORKS_FOR_VARIABLE] ? run.path('notebooks') : (process.env[NOTEBOOK_FOLDER_VARIABLE] ?? '.');
  const href = path.relative(from, file).split(path.sep).map(encodeURIComponent).join('/');
  show({ 'text/html': String(html`<a href="${href}" target="_blank">${label}</a>`), 'text/plain': file });
}
