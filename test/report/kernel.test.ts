import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { validationLossFigure } from '../../src/report/figures/validation-loss';
import { renderPng } from '../../src/report/render-figure';

const ROOT = path.resolve(import.meta.dir, '..', '..');

/** Compiles and runs a cell as the notebook's kernel does, in Node, without Jupyter. */
const RUN_CELL = `
const { createConverter } = require('tslab/dist/converter');
const { createExecutor } = require('tslab/dist/executor');
const executor = createExecutor(process.cwd(), { node: createConverter({ isJS: false, isBrowser: false }) }, console);
executor.execute(process.argv[1]).then((ok) => process.exit(ok ? 0 : 1));
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
  const node = Bun.spawn(['node', '--experimental-vm-modules', '-e', RUN_CELL, CELL], {
    cwd: ROOT,
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr] = await Promise.all([new Response(node.stdout).text(), new Response(node.stderr).text()]);
  expect(`${stdout}${stderr}`).toContain(`sha256 ${createHash('sha256').update(png).digest('hex')}`);
  expect(await node.exited).toBe(0);
}, 120_000);
