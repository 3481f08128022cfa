import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../errors';
import { GENERATOR_VERSION } from '../../streets/scene';

/** Names what the folder was made with; written first, so that a set that was broken off can be completed. */
export const MANIFEST = 'synthetic.json';

/** What a set's pictures depend on, besides their split and number. */
export interface Drawing {
  readonly seed: number;
  /** Pixels of a picture. */
  readonly width: number;
  readonly height: number;
}

export function manifestOf({ seed, width, height }: Drawing): Drawing & { generator: number } {
  return { generator: GENERATOR_VERSION, seed, width, height };
}

/**
 * Whether generated scenes may be written to a folder: it is not there, is empty, or was made by the same generator with the
 * same options. Nothing is written.
 *
 * @throws DataError when it holds anything else
 */
export function requireStreetFolder(folder: string, options: Drawing): void {
  if (!existsSync(folder)) return;
  const remedy = 'name a folder for the generated scenes alone, or leave data.root out';
  if (!statSync(folder).isDirectory()) throw new DataError(`${folder}: is a file, expected a folder`, remedy);
  const manifest = join(folder, MANIFEST);
  // What lies beside the manifest under its name is another process that writes it at this moment; it may be there by now.
  const names = readdirSync(folder)
    .filter((name) => !name.startsWith(MANIFEST))
    .sort();
  if (!existsSync(manifest)) {
    if (names.length === 0) return;
    const found = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
    throw new DataError(`${folder} holds ${found} and no ${MANIFEST}, so it is not the scene generator's`, remedy);
  }
  const expected = JSON.stringify(manifestOf(options));
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
