import { expect, test } from 'bun:test';
import type { Metrics } from '../../src/evaluation/metrics';
import {
  comparisonTable,
  groupIouTables,
  instanceIouTable,
  metricsTable,
  toCsv,
  toHtml,
  toMarkdown,
  toRecords,
} from '../../src/tables/tables';

const groups8: Metrics = {
  metric: 'groups-8',
  pixelAccuracy: 0.8954,
  meanClassAccuracy: 0.7,
  meanIou: 0.5,
  groups: [
    { group: 'void', iou: 0.25, accuracy: 0.5, pixels: 1200 },
    { group: 'flat', iou: 0.75, accuracy: 0.9, pixels: 1234567 },
    { group: 'human', iou: Number.NaN, accuracy: Number.NaN, pixels: 0 },
  ],
};
const official7: Metrics = { ...groups8, metric: 'official-7', meanIou: 0.75, groups: groups8.groups.slice(1) };
const models = [
  { model: 'Base', metrics: [groups8, official7] },
  { model: 'A | B', metrics: [groups8] },
];

test('the comparison, both metrics, in Markdown', () => {
  expect(toMarkdown(comparisonTable(models))).toBe(
    [
      '| Model  | Metric     | Pixel Acc. | Mean class acc. |   IoU |',
      '| ------ | ---------- | ---------: | --------------: | ----: |',
      '| Base   | groups-8   |      0.895 |           0.700 | 0.500 |',
      '| A \\| B | groups-8   |      0.895 |           0.700 | 0.500 |',
      '| Base   | official-7 |      0.895 |           0.700 | 0.750 |',
      '',
    ].join('\n'),
  );
});

test('a class called by a tag or an entity is read in Markdown as it is called', () => {
  const header = ['<b>R&amp;D</b>', 'A & B'];
  expect(toMarkdown({ header, rows: [], text: [0, 1] }).split('\n')[0]).toBe('| \\<b>R\\&amp;D\\</b> | A & B |');
});

test('IoU by group: absent groups, and groups a metric leaves out, are dashes', () => {
  const table = {
    header: ['Model', 'Metric', 'void', 'flat', 'human', 'mean'],
    rows: [
      ['Base', 'groups-8', '0.250', '0.750', '–', '0.500'],
      ['Base', 'official-7', '–', '0.750', '–', '0.750'],
    ],
    text: [0, 1],
  };
  expect(groupIouTables([models[0]])).toEqual([{ title: 'IoU by group', table }]);
});

test('IoU by class and by group: a table each', () => {
  const [metrics] = models[0].metrics;
  const both = { model: 'Base', metrics: [{ ...metrics, metric: 'camvid-11' }, metrics] };
  const tables = groupIouTables([both]);
  expect(tables.map(({ title, table }) => [title, table.rows.map(([, metric]) => metric)])).toEqual([
    ['IoU by class', ['camvid-11']],
    ['IoU by group', ['groups-8']],
  ]);
});

test('one model’s table ends with the means and the sum of pixels', () => {
  expect(metricsTable(groups8).rows.slice(1)).toEqual([
    ['flat', '0.750', '0.900', '1\u2009234\u2009567'],
    ['human', '–', '–', '0'],
    ['mean', '0.500', '0.700', '1\u2009235\u2009767'],
  ]);
});

test('CSV quotes what needs it, HTML escapes what needs it', () => {
  expect(toCsv({ header: ['model', 'iou'], rows: [['a "b", c', '0.5']] })).toBe('model,iou\n"a ""b"", c",0.5\n');
  const html = toHtml({ header: ['Model', 'IoU'], rows: [['<b>', '0.500']], text: [0] });
  expect(String(html)).toContain('<tr><th scope="row">&lt;b&gt;</th><td class="number">0.500</td></tr>');
});

test('records have a row’s cells by their headings', () => {
  const table = {
    header: ['Model', 'IoU'],
    rows: [
      ['Base', '0.500'],
      ['Other', '–'],
    ],
  };
  expect(toRecords(table)).toEqual([
    { Model: 'Base', IoU: '0.500' },
    { Model: 'Other', IoU: '–' },
  ]);
});

test('iIoU has a row for each model that has it, the mean over its seeds', () => {
  const scores = (human: number) => ({ groups: { human }, meanOfGroups: human });
  const { header, rows } = instanceIouTable([
    { model: 'Seeds', instances: [scores(0.25), scores(0.75)] },
    { model: 'None' },
    { model: 'One', instances: [{ ...scores(0.5), labels: { person: 0.125 }, meanOfLabels: 0.125 }] },
  ]);
  expect(header).toEqual(['Model', 'iIoU of human', 'mean iIoU of groups', 'iIoU of person', 'mean iIoU of labels']);
  // Sample standard deviation of 0.25 and 0.75: 0.5 / √2.
  expect(rows).toEqual([
    ['Seeds', '0.500 ± 0.354', '0.500 ± 0.354', '–', '–'],
    ['One', '0.500', '0.500', '0.125', '0.125'],
  ]);
});
