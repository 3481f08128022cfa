import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { CompiledModules } from './compiled-modules.mjs';

/** Exit codes from here on say that the compiler did not come to its end; those below, whether it found mistakes. */
const FAILED = 3;

/**
 * Runs TypeScript's native compiler, which takes a tenth of the time of the one in JavaScript, in a folder made for it.
 *
 * @param files by their paths in that folder, a `tsconfig.json` among them
 * @param use gets what it printed, with paths relative to the project folder, while the folder is there
 * @throws Error if it does not come to its end
 */
export function runNativeCompiler<T>(
  { root, folder }: Pick<CompiledModules, 'root' | 'folder'>,
  files: ReadonlyMap<string, string>,
  use: (output: string, place: string) => T,
): T {
  mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(path.join(folder, 'native-'));
  try {
    for (const parent of new Set([...files.keys()].map((file) => path.dirname(file))))
      mkdirSync(path.join(place, parent), { recursive: true });
    for (const [file, text] of files) writeFileSync(path.join(place, file), text);
    return use(compilerOutput(root, place), place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function compilerOutput(root: string, place: string): string {
  const compiler = nativeCompiler(root);
  const { status, signal, error, stdout, stderr } = spawnSync(compiler, ['-p', place, '--pretty', 'false'], {
    cwd: root,
    // For the second that it takes, garbage is kept.
    env: { ...process.env, GOGC: 'off' },
    encoding: 'utf8',
  });
  if (status === null || status >= FAILED)
    throw new Error(`${compiler} ended by ${error ?? signal ?? status}: ${stdout}${stderr}`);
  return stdout;
}

/** The compiler's program. */
export function nativeCompiler(root: string): string {
  const ofProject = createRequire(path.join(root, 'package.json'));
  const ofCompiler = createRequire(ofProject.resolve('typescript-native/package.json'));
  const description = ofCompiler.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`);
  return path.join(path.dirname(description), 'lib', 'tsc');
}
