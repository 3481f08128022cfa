import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const made: string[] = [];

/** A temporary project folder that holds the given files (path → text). */
export function projectFolder(files: Record<string, string> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), 'roadseg-project-'));
  made.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

/** Removes what `projectFolder` made; for `afterAll`. */
export function removeProjectFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The message of what `action` throws; fails when it throws nothing. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected an error, and none was thrown');
}
