import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { validationLossFigure } from '../../src/report/figures/validation-loss';
import { renderPng } from '../../src/report/render-figure';

const ROOT = path.resolve(import.meta.dir, '..', '..');

/** Compiles and runs a cell as the notebook's kernel does, in Node, without Jupyter. */
const RUN_CELL = `
const { CompiledModules, requireTypeScript } = await import('./src/kernel/compiled-modules.mjs');
const modules = new CompiledModules(process.cwd());
requireTypeScript(modules);
const { CellRunner } = modules.require('./src/kernel/cell-runner.ts');
const output = { stream: () => {}, display: () => {}, clear: () => {} };
const error = await new CellRunner(modules).run(process.argv[1], 1, output);
if (error) console.error(error.traceback.join('\\n'));
process.exit(error ? 1 : 0);
`;

const CELL = `
import { createHash } from 'node:crypto';
import { validationLossFigure } from './src/report/figures/validation-loss';
import { groupIouFigure } from './src/report/figures/group-iou';
import { confusionMatrixFigure } from './src/report/figures/confusion-matrix';
import { classDistributionFigure } from './src/report/figures/class-distribution';
import { writeMetricsFiles } from './src/report/metrics-files';
import { notebookFigureHtml } from './src/report/notebook-figure';
import { panel } from './src/report/panel';
import { renderPng } from './src/report/render-figure';
import { comparedScenes } from './src/report/compared-scenes';
import { comparedModels } from './src/report/comparison';
import { writeReport } from './src/report/report-page';
import { reportRuns } from './src/report/report-runs';
const png = await renderPng(validationLossFigure([{ label: 'Base', pretrained: false, history: [] }]));
console.log('sha256', createHash('sha256').update(png).digest('hex'));
`;

test('a notebook cell draws in Node, the same bytes as Bun', async () => {
  const png = await renderPng(validationLossFigure([{ label: 'Base', pretrained: false, history: [] }]));
  const node = Bun.spawn(['node', '--input-type=module', '-e', RUN_CELL, CELL], {
    cwd: ROOT,
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr] = await Promise.all([new Response(node.stdout).text(), new Response(node.stderr).text()]);
  expect(`${stdout}${stderr}`).toContain(`sha256 ${createHash('sha256').update(png).digest('hex')}`);
  expect(await node.exited).toBe(0);
}, 120_000);
