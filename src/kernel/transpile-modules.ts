import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CompiledModule, CompiledModules } from './compiled-modules.mjs';
import { nativeCompiler } from './native-compiler';

const OPTIONS = {
  module: 'commonjs',
  target: 'es2022',
  esModuleInterop: true,
  sourceMap: true,
  isolatedModules: true,
  noCheck: true,
  noResolve: true,
  noLib: true,
  types: [],
  rootDir: 'ts',
  outDir: 'js',
};

/** Exit codes from here on say that the compiler did not come to its end; those below, whether it found mistakes. */
const FAILED = 3;

/**
 * CommonJS of TypeScript modules, the same as `CompiledModules.transpile` makes one after the other. Each is made of its own
 * text alone: where the compiler finds them, no import leads to another.
 *
 * @throws Error if the compiler does not come to its end
 */
export function transpileModules(
  { root, folder }: Pick<CompiledModules, 'root' | 'folder'>,
  modules: readonly { name: string; source: string }[],
): Pick<CompiledModule, 'code' | 'map'>[] {
  mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(path.join(folder, 'native-'));
  try {
    mkdirSync(path.join(place, 'ts'));
    writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, include: ['ts'] }));
    for (const [index, { source }] of modules.entries()) writeFileSync(path.join(place, 'ts', `${index}.ts`), source);
    runCompiler(root, place);
    return modules.map(({ name }, index) => {
      const file = path.join(place, 'js', `${index}.js`);
      return {
        code: readFileSync(file, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n'),
        map: { ...JSON.parse(readFileSync(`${file}.map`, 'utf8')), file: name.replace(/ts$/, 'js'), sources: [name] },
      };
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function runCompiler(root: string, place: string): void {
  const compiler = nativeCompiler(root);
  const { status, signal, error, stdout, stderr } = spawnSync(compiler, ['-p', place], {
    cwd: root,
    // For the second that it takes, garbage is kept.
    env: { ...process.env, GOGC: 'off' },
    encoding: 'utf8',
  });
  if (status === null || status >= FAILED)
    throw new Error(`${compiler} ended by ${error ?? signal ?? status}: ${stdout}${stderr}`);
}
