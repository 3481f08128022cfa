import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';

/** Biome leaves them alone by itself. */
const LEFT_ALONE = ['node_modules', '*.log'];

test('style is checked of what git keeps: nothing that a person tries out or downloads makes `npm test` fail', () => {
  const { files } = JSON.parse(readFileSync('biome.json', 'utf8')) as { files: { includes: string[] } };
  const ignored = readFileSync('.gitignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('!') && !LEFT_ALONE.includes(line))
    .map((line) => line.replace(/^\/|\/\*?$/g, ''));
  expect(ignored).toContain('scratch');
  const excluded = files.includes.map((pattern) => pattern.replace(/^!(\*\*\/)?/, ''));
  for (const folder of ignored) expect(excluded).toContain(folder);
});
