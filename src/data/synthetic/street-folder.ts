import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../errors';
import { GENERATOR_VERSION, type SyntheticOptions } from './write-synthetic';

/**
 * Whether generated scenes may be written to a folder: it is not there, is empty, or was made by the same generator with the
 * same options. Nothing is written.
 *
 * @throws DataError when it holds anything else
 */
export function requireStreetFolder(folder: string, { seed, width, height }: Omit<SyntheticOptions, 'scenes'>): void {
  if (!existsSync(folder)) return;
  const remedy = 'name a folder for the generated scenes alone, or leave data.root out';
  if (!statSync(folder).isDirectory()) throw new DataError(`${folder}: is a file, expected a folder`, remedy);
  const names = readdirSync(folder).sort();
  if (names.length === 0) return;
  const manifest = join(folder, 'synthetic.json');
  if (!existsSync(manifest)) {
    const found = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
    throw new DataError(`${folder} holds ${found} and no synthetic.json, so it is not the scene generator's`, remedy);
  }
  const expected = JSON.stringify({ generator: GENERATOR_VERSION, seed, width, height });
  const found = compact(readFileSync(manifest, 'utf8'));
  if (found !== expected)
    throw new DataError(`${manifest}: made with other options; expected ${expected}, found ${found}`, remedy);
}

function compact(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return 'no JSON';
  }
}
