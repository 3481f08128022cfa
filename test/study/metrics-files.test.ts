import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunError } from '../../src/errors';
import { type MetricsReport, readMetricsFile, writeMetricsFiles } from '../../src/study/metrics-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'metrics-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const report: MetricsReport = {
  setting: 'CamVid, validation split, 101 scenes, centre square resized to 64x64',
  models: [
    {
      model: 'Base, width 1/2',
      metrics: [
        {
          metric: 'groups-8',
          pixelAccuracy: 0.8,
          meanClassAccuracy: 0.6,
          meanIou: 0.123456789,
          groups: [
            { group: 'sky', iou: 0.123456789, accuracy: 0.6, pixels: 10 },
            { group: 'human', iou: Number.NaN, accuracy: Number.NaN, pixels: 0 },
          ],
        },
      ],
    },
  ],
};

test('what is written is read back, the missing IoU of an absent group too', () => {
  writeMetricsFiles(folder, report);
  expect(readMetricsFile(folder)).toEqual(report);
  expect(
    JSON.parse(readFileSync(path.join(folder, 'metrics.json'), 'utf8')).models[0].metrics[0].groups[1].iou,
  ).toBeNull();
});

test('so is iIoU, which Markdown tells by label and by group', () => {
  const instanceIou = {
    labels: { person: 0.25, train: Number.NaN },
    meanOfLabels: 0.25,
    groups: { human: 0.5 },
    meanOfGroups: 0.5,
  };
  writeMetricsFiles(folder, { ...report, instanceIou });
  expect(readMetricsFile(folder).instanceIou).toEqual(instanceIou);
  const [head, , row] = readFileSync(path.join(folder, 'metrics.md'), 'utf8').split('## iIoU\n\n')[1].split('\n');
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  expect(cells(head)).toEqual([
    '',
    'Model',
    'iIoU of person',
    'iIoU of train',
    'mean iIoU of labels',
    'iIoU of human',
    'mean iIoU of groups',
    '',
  ]);
  expect(cells(row).slice(2)).toEqual(['0.250', '–', '0.250', '0.500', '0.500', '']);
});

test('CSV holds full precision, Markdown says what was measured', () => {
  writeMetricsFiles(folder, report);
  expect(readFileSync(path.join(folder, 'metrics.csv'), 'utf8')).toBe(
    'model,metric,pixel_accuracy,mean_class_accuracy,mean_iou,iou_sky,iou_human\n' +
      '"Base, width 1/2",groups-8,0.8,0.6,0.123456789,0.123456789,\n',
  );
  const markdown = readFileSync(path.join(folder, 'metrics.md'), 'utf8');
  expect(markdown).toContain(report.setting);
  expect(markdown).toContain('| Base, width 1/2 | groups-8 |      0.800 |           0.600 | 0.123 |');
});

test('a missing or broken file names itself', () => {
  expect(() => readMetricsFile(folder)).toThrow(RunError);
  writeFileSync(path.join(folder, 'metrics.json'), '{"models": 3}');
  expect(() => readMetricsFile(folder)).toThrow('metrics.json');
});

test('a file that says convention for metric, as files once did, is still read', () => {
  writeMetricsFiles(folder, report);
  const file = path.join(folder, 'metrics.json');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"metric":', '"convention":'));
  expect(readMetricsFile(folder)).toEqual(report);
});
