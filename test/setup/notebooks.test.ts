import { afterAll, expect, test } from 'bun:test';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compileForKernels } from '../../src/setup/notebooks.mjs';
import { freshClone, pathWith, removeFolders } from './fixtures';

afterAll(removeFolders);

/** A clone with one notebook, whose Bun is a shell script. */
function cloneWithBun(script: string) {
  const project = freshClone(process.env);
  cpSync(pathWith({ bun: script }), path.join(project.root, 'node_modules', '.bin'), { recursive: true });
  const cells = [
    { cell_type: 'code', source: "let experiment = 'a.yaml';" },
    { cell_type: 'markdown', source: '# A title' },
    { cell_type: 'code', source: ['const one = 1;\n', 'one;'] },
  ];
  mkdirSync(path.join(project.root, 'notebooks'));
  writeFileSync(path.join(project.root, 'notebooks', 'a.ipynb'), JSON.stringify({ nbformat: 4, cells }));
  return project;
}

test('the compiler gets the code of all notebooks', async () => {
  const project = cloneWithBun('cat > given.json');
  await compileForKernels(project).ended;
  expect(JSON.parse(readFileSync(path.join(project.root, 'given.json'), 'utf8'))).toEqual([
    {
      folder: path.join(project.root, 'notebooks'),
      sources: ["let experiment = 'a.yaml';", 'const one = 1;\none;'],
    },
  ]);
});

test('a compiler that fails does not fail set-up, and its log says why', async () => {
  const project = cloneWithBun('echo no memory >&2; exit 1');
  await compileForKernels(project).ended;
  expect(readFileSync(path.join(project.root, '.cache', 'setup', 'notebooks.log'), 'utf8')).toBe('no memory\n');
});

test('a set-up that is stopped leaves no compiler behind', async () => {
  const compiling = compileForKernels(cloneWithBun('exec sleep 600'));
  compiling.stop();
  await compiling.ended;
});
