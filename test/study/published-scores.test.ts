import { expect, test } from 'bun:test';
import { publishedTable } from '../../src/study/published-scores';

const evaluation = { split: 'test', resolution: 'original', scenes: 233 } as const;

test('a model stands among published scores, by its mean over the seeds', () => {
  const table = publishedTable('camvid-11', [{ label: 'Ours', meanIou: [0.58, 0.6], evaluation }])!;
  expect(table.rows.map(([model, seeds, score]) => [model, seeds, score])).toEqual([
    ['SegNet', '–', '0.464'],
    ['FCN-8', '–', '0.570'],
    ['FC-DenseNet56', '–', '0.589'],
    ['Ours', '2', '0.590 ± 0.014'],
    ['DeepLab-LFOV', '–', '0.616'],
    ['Dilation8', '–', '0.653'],
    ['FC-DenseNet103', '–', '0.669'],
  ]);
  expect(table.rows[3][3]).toBe('this project');
});

test('only what was evaluated as they were is compared', () => {
  const models = [
    { label: 'few', meanIou: [0.9], evaluation: { ...evaluation, scenes: 10 } },
    { label: 'small', meanIou: [0.9], evaluation: { ...evaluation, resolution: 'training' as const } },
    { label: 'seen', meanIou: [0.9], evaluation: { ...evaluation, split: 'validation' as const } },
  ];
  expect(publishedTable('camvid-11', models)).toBeUndefined();
  expect(publishedTable('groups-8', [{ label: 'Ours', meanIou: [0.6], evaluation }])).toBeUndefined();
});
