import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SourceFunction } from '../../model/encoders/encoder';

/**
 * The source of a function as it stands in the project, so that what a notebook shows cannot differ from what it runs.
 *
 * @param folder where the function is declared, at whatever depth
 * @returns Markdown: the place, and the docstring and the function as a block of TypeScript
 * @throws RangeError for a function that is not declared there by that name, or more than once
 */
export function functionSource({ name }: SourceFunction, folder = 'src/model'): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) => {
      const place = path.posix.join(folder, file.replaceAll(path.sep, '/'));
      const declaration = declarationIn(readFileSync(place, 'utf8'), name);
      return declaration === undefined ? [] : [{ place, declaration }];
    });
  if (found.length !== 1)
    throw new RangeError(`function ${name} is declared in ${found.length} files below ${folder}, expected one`);
  const [{ place, declaration }] = found;
  return `\`${name}\`, from \`${place}\`:\n\n\`\`\`ts\n${declaration}\n\`\`\`\n`;
}

/** A function declared at the top level, with its docstring; the formatter ends it by a brace at the margin. */
function declarationIn(text: string, name: string): string | undefined {
  const declared = new RegExp(
    `^(/\\*\\*(?:(?!\\*/)[^])*\\*/\\n)?(?:export )?(?:async )?function ${name}\\b[^]*?^}$`,
    'm',
  );
  return declared.exec(text)?.[0];
}
