import path from 'node:path';
import type ts from 'typescript';

/** The project's own options, without Bun's types: notebooks and what they reach run in Node. */
export function compilerOptions(typescript: typeof ts, root: string): ts.CompilerOptions {
  const { config } = typescript.readConfigFile(path.join(root, 'tsconfig.json'), typescript.sys.readFile);
  const { options } = typescript.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    typescript.sys,
    root,
  );
  return {
    ...options,
    types: options.types?.filter((name) => name !== 'bun'),
    noEmit: true,
    // What a cell declares may be there for the reader.
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
}
