import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { shortHash } from '../../configuration/canonical-json';
import { orElse } from '../../setup/or-else.mjs';
import { isCode, type Notebook, sourceOf } from '../notebooks/notebook';

/** Where people try things out; git ignores it. */
export const SCRATCH_FOLDER = 'scratch';
/** Which version of a committed notebook each of those in it was copied from. */
const RECORD = '.copied.json';

/**
 * Copies the committed notebooks into the folder where a person may run and change them. A copy
 * in which no cell was changed follows its original; one that a person has worked on is left alone.
 *
 * @param originals paths, relative to the project folder
 * @returns the copies whose cells and whose originals have both changed
 */
export function fillScratch(originals: string[], root: string, name = SCRATCH_FOLDER): string[] {
  const folder = path.join(root, name);
  mkdirSync(folder, { recursive: true });
  const recordFile = path.join(folder, RECORD);
  const copied = existsSync(recordFile) ? (JSON.parse(readFileSync(recordFile, 'utf8')) as Record<string, string>) : {};
  const apart: string[] = [];
  for (const original of originals) {
    const file = path.basename(original);
    const copy = path.join(folder, file);
    const text = readFileSync(path.join(root, original), 'utf8');
    const version = cellsOf(text);
    const own = existsSync(copy) ? cellsOf(readFileSync(copy, 'utf8')) : undefined;
    if (own === version) copied[file] = version;
    else if (own === undefined || own === copied[file]) {
      writeFileSync(copy, withoutOutputs(text));
      copied[file] = version;
    } else if (copied[file] !== version) apart.push(`${name}/${file}`);
  }
  writeFileSync(recordFile, JSON.stringify(copied, null, 2));
  return apart;
}

/** @returns the notebooks that are copied */
export function scratchOriginals(root: string): string[] {
  const notebooks = readdirSync(path.join(root, 'notebooks')).filter((name) => name.endsWith('.ipynb'));
  return notebooks.sort().map((name) => `notebooks/${name}`);
}

/** One hash of the text of all cells; outputs are no part of it. */
function cellsOf(text: string): string {
  const hash = ({ cells }: Notebook) => shortHash(cells.map((cell) => [cell.cell_type, sourceOf(cell)]));
  return orElse(() => hash(JSON.parse(text)), 'unreadable');
}

/** The original may have been run where it lies. */
function withoutOutputs(text: string): string {
  const notebook = JSON.parse(text) as Notebook;
  for (const cell of notebook.cells.filter(isCode)) Object.assign(cell, { outputs: [], execution_count: null });
  return `${JSON.stringify(notebook, null, 1)}\n`;
}
