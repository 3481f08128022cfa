import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { renderPng } from '../../../src/report/drawing/render-figure';
import { validationLossFigure } from '../../../src/report/figures/validation-loss';
import { runCell } from '../../kernel/run-cell';

const CELL = `
import { createHash } from 'node:crypto';
import { validationLossFigure } from './src/report/figures/validation-loss';
import { groupIouFigure } from './src/report/figures/group-iou';
import { confusionMatrixFigure } from './src/report/figures/confusion-matrix';
import { classDistributionFigure } from './src/report/figures/class-distribution';
import { writeMetricsFiles } from './src/study/metrics-files';
import { notebookFigureHtml } from './src/report/notebook/notebook-figure';
import { panelGrid } from './src/report/drawing/panel';
import { renderPng } from './src/report/drawing/render-figure';
import { comparedScenes } from './src/study/compared-scenes';
import { comparedModels } from './src/study/comparison';
import { writeReport } from './src/report/page/report-page';
import { reportRuns } from './src/report/page/report-runs';
const png = await renderPng(validationLossFigure([{ label: 'Base', pretrained: false, history: [] }]));
console.log('sha256', createHash('sha256').update(png).digest('hex'));
`;

test('a notebook cell draws in Node, the same bytes as Bun', async () => {
  const png = await renderPng(validationLossFigure([{ label: 'Base', pretrained: false, history: [] }]));
  const { printed, exitCode } = await runCell(CELL);
  expect(printed).toContain(`sha256 ${createHash('sha256').update(png).digest('hex')}`);
  expect(exitCode).toBe(0);
}, 120_000);
