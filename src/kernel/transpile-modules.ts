import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CompiledModule, CompiledModules } from './compiled-modules.mjs';
import { runNativeCompiler } from './native-compiler';

/**
 * CommonJS of TypeScript modules, the same as `CompiledModules.transpile` makes one after the other. Each is made of its own
 * text alone: where the compiler finds them, no import leads to another.
 */
export function transpileModules(
  project: Pick<CompiledModules, 'root' | 'folder'>,
  modules: readonly { name: string; source: string }[],
): Pick<CompiledModule, 'code' | 'map'>[] {
  const compilerOptions = {
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
  const files = new Map(modules.map(({ source }, index) => [path.join('ts', `${index}.ts`), source]));
  files.set('tsconfig.json', JSON.stringify({ compilerOptions, include: ['ts'] }));
  return runNativeCompiler(project, files, (_, place) =>
    modules.map(({ name }, index) => {
      const file = path.join(place, 'js', `${index}.js`);
      return {
        code: readFileSync(file, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n'),
        map: { ...JSON.parse(readFileSync(`${file}.map`, 'utf8')), file: name.replace(/ts$/, 'js'), sources: [name] },
      };
    }),
  );
}
