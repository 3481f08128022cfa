import { afterAll, expect, test } from 'bun:test';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'roadseg-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000);

function run(command: string[], cwd: string): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd, stdout: 'pipe', stderr: 'pipe' });
  if (exitCode !== 0) throw new Error(`${command.join(' ')}: exit ${exitCode}\n${stdout}${stderr}`);
  return stdout.toString();
}

test('another project installs the packed tarball, type-checks against it and trains a model of its own', () => {
  const tarball = run(['npm', 'pack', '--silent', '--pack-destination', folder], '.').trim().split('\n').at(-1)!;
  const project = path.join(folder, 'project');
  mkdirSync(project);
  // The consumer waits at its top level, so it is a module of the kind that may.
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  run([process.execPath, 'add', '--ignore-scripts', path.join(folder, tarball)], project);

  const installed = path.join(project, 'node_modules');
  expect(readdirSync(path.join(installed, 'roadway-segmentation'))).toEqual(
    expect.arrayContaining(['CHANGELOG.md', 'CITATION.cff', 'LICENSE', 'README.md', 'dist', 'models', 'src']),
  );
  expect(readdirSync(path.join(installed, 'roadway-segmentation', 'src', 'tensorflow'))).toEqual(['README.md']);

  const binding = path.join('@tensorflow', 'tfjs-node-gpu', 'lib', 'napi-v8');
  mkdirSync(path.join(installed, binding), { recursive: true });
  symlinkSync(
    path.resolve('node_modules', binding, 'tfjs_binding.node'),
    path.join(installed, binding, 'tfjs_binding.node'),
  );
  copyFileSync('test/package/consumer.ts', path.join(project, 'consumer.ts'));
  const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, skipLibCheck: true, outDir: 'built' };
  writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  run(['node', path.resolve('node_modules/typescript/bin/tsc'), '-p', '.'], project);

  const said = JSON.parse(run(['node', 'built/consumer.js'], project).trim().split('\n').at(-1)!);
  expect(said.losses).toHaveLength(60);
  expect(said.losses[0]).toBeGreaterThan(0.3);
  expect(said.losses.at(-1)).toBeLessThan(0.05);
  expect(said.predicted).toEqual(said.classes);
  expect(said).toMatchObject({ output: [null, 32, 32, 8], refusal: 'DataError' });
}, 240_000);
