import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PROJECT_ROOT, type Project } from '../../src/setup/project.mjs';

const made: string[] = [];

/** An empty folder of the test's own. */
export function emptyFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'roadseg-setup-'));
  made.push(folder);
  return folder;
}

/** Removes every folder that was made here; for `afterAll`. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A folder to be the whole PATH, with the given programs in it: name → shell script. */
export function pathWith(programs: Record<string, string>): string {
  const folder = emptyFolder();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  return folder;
}

/** A fresh clone, as far as set-up looks at it. */
export function freshClone(env: NodeJS.ProcessEnv): Project {
  const root = emptyFolder();
  for (const file of ['package.json', 'bun.lock', 'requirements.txt', 'requirements-cuda.txt']) {
    cpSync(path.join(PROJECT_ROOT, file), path.join(root, file));
  }
  mkdirSync(path.join(root, '.cache', 'setup'), { recursive: true });
  return { root, env };
}
