import { readdirSync } from 'node:fs';
import path from 'node:path';

/** What may stand between two positions of a cell, in UTF-16 units. */
export interface Completions {
  start: number;
  end: number;
  matches: string[];
}

const UNFINISHED = /\b(?:from|import|require)\s*\(?\s*['"](\.\.?\/[^'"\n]*)$/;

/**
 * Folders, with their slash, and modules that the path of an import may go on with.
 *
 * @param folders that a cell's imports are looked for in
 * @returns undefined where no relative import is being written
 */
export function pathCompletions(source: string, position: number, folders: readonly string[]): Completions | undefined {
  const typed = UNFINISHED.exec(source.slice(0, position))?.[1];
  if (typed === undefined) return undefined;
  const above = typed.slice(0, typed.lastIndexOf('/') + 1);
  const begun = typed.slice(above.length);
  const names = new Set(folders.flatMap((folder) => modulesIn(path.resolve(folder, above))));
  return {
    start: position - begun.length,
    end: position + /^[\w.-]*/.exec(source.slice(position))![0].length,
    matches: [...names].filter((name) => name.toLowerCase().startsWith(begun.toLowerCase())).sort(),
  };
}

function modulesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
      .flatMap((entry) => {
        if (entry.isDirectory()) return [`${entry.name}/`];
        if (/\.d\.ts$/.test(entry.name)) return [];
        const module = /^(.*)\.(?:ts|js)$/.exec(entry.name)?.[1];
        return module ?? (/\.(?:mjs|json)$/.test(entry.name) ? entry.name : []);
      });
  } catch {
    return []; // no such folder, or none that may be read
  }
}
