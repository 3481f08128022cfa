import { expect, test } from 'bun:test';
import path from 'node:path';

const root = path.resolve(import.meta.dir, '..', '..');

/** What Jupyter finds by an interpreter alone, as VS Code's extension asks the one that was chosen. */
function kernelspecs(): Record<string, { spec: { language: string; argv: string[] } }> {
  const command = [path.join(root, '.venv/bin/python'), '-m', 'jupyter', 'kernelspec', 'list', '--json'];
  const { stdout } = Bun.spawnSync(command, { cwd: '/', env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' } });
  return JSON.parse(stdout.toString()).kernelspecs;
}

test('the interpreter of the .venv knows the kernel, from whatever folder it is asked', () => {
  const { tslab } = kernelspecs();
  expect(tslab.spec).toMatchObject({ language: 'typescript', display_name: 'TypeScript (roadseg)' });
  expect(tslab.spec.argv.slice(1)).toEqual([
    path.join(root, 'src/kernel/main.mjs'),
    '--config-path',
    '{connection_file}',
  ]);
}, 60_000);
