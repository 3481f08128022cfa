import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { losses } from './print-losses';

test('the notebooks kernel is Node: there the same step gives the same losses', async () => {
  // Inside the project, so that Node finds its packages.
  const root = resolve(import.meta.dir, '..', '..');
  const folder = mkdtempSync(join(root, '.node-test-'));
  try {
    const built = await Bun.build({
      entrypoints: [join(import.meta.dir, 'print-losses.ts')],
      outdir: folder,
      target: 'node',
      format: 'cjs',
      external: ['@tensorflow/*'],
      naming: '[name].cjs',
    });
    expect(built.success).toBe(true);
    const { stdout, exitCode } = Bun.spawnSync(['node', join(folder, 'print-losses.cjs'), 'print'], { cwd: root });
    expect(exitCode).toBe(0);
    const inNode = JSON.parse(stdout.toString()) as number[];
    losses().forEach((loss, index) => {
      expect(Math.abs(inNode[index] / loss - 1)).toBeLessThan(1e-5);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
