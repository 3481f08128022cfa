import { describe, expect, test } from 'bun:test';
import { type ComparedResults, comparisonTable, curveLines, curvesTable } from '../../src/report/run-comparison';
import { flattened, scoresOf } from '../../src/report/run-results';
import { sparkline } from '../../src/report/sparkline';
import { toCsv } from '../../src/report/tables';
import { toText } from '../../src/report/text-table';

const history = (...losses: number[]) =>
  losses.map((validationLoss, index) => ({
    epoch: index + 1,
    learningRate: 0.001,
    trainingLoss: 1,
    validationLoss,
    validationAccuracy: 0.5,
    seconds: 1,
    best: false,
  }));
const run = (name: string, configuration: object, scores: Record<string, number | null>, ...losses: number[]) =>
  ({
    name,
    folder: `results/${name}`,
    state: 'finished',
    results: { configuration: flattened({ name, ...configuration }), scores, history: history(...losses) },
  }) satisfies ComparedResults;

const runs = [
  run('a', { seed: 1, training: { epochs: 3 }, model: { blocks: [1, 2] } }, { 'mean IoU': 0.51234 }, 3, 2, 1),
  run('b', { seed: 2, training: { epochs: 3 }, model: { blocks: [1], weights: 'x' } }, { accuracy: null }, 4),
];

test('only what differs is shown, and every score', () => {
  expect(toText(comparisonTable(runs))).toBe(
    [
      'run  state     seed  model.blocks  model.weights  epochs  mean IoU  accuracy',
      'a    finished  1     [1,2]         –                   3     0.512         –',
      'b    finished  2     [1]           x                   1         –         –',
      '',
    ].join('\n'),
  );
  expect(toCsv(comparisonTable(runs, { exact: true }))).toBe(
    'run,state,seed,model.blocks,model.weights,epochs,mean IoU,accuracy\na,finished,1,"[1,2]",,3,0.51234,\nb,finished,2,[1],x,1,,\n',
  );
  expect(comparisonTable(runs, { scores: 1 }).header).not.toContain('accuracy');
});

test('curves: an epoch a row, or a run a line to one scale', () => {
  expect(curvesTable(runs).rows).toEqual([
    ['1', '3.000', '4.000'],
    ['2', '2.000', '–'],
    ['3', '1.000', '–'],
  ]);
  // 1 is the lowest bar, 4 the highest: 3 is 2/3 of 7 bars up, 2 is 1/3.
  expect(curveLines(runs).rows).toEqual([
    ['a', '▆▃▁', '3.000', '1.000', '3'],
    ['b', '█', '4.000', '4.000', '1'],
  ]);
  expect(curveLines([run('c', {}, {})]).rows).toEqual([['c', '', '–', '–', '–']]);
});

describe('a sparkline', () => {
  test('of more values than it has room for takes evenly spaced ones, the last among them', () => {
    expect(sparkline([0, 9, 9, 9, 7], [0, 14], 2)).toBe('▁▅');
  });
  test('is logarithmic over a wide range: 10 is midway from 1 to 100', () => {
    expect(sparkline([1, 10, 100], [1, 100])).toBe('▁▅█');
  });
  test('of equal values is flat', () => {
    expect(sparkline([2, 2], [2, 2])).toBe('▁▁');
  });
});

describe('scores', () => {
  test('of this project are named by metric, and by model where there are several', () => {
    const metrics = [{ convention: 'groups-8', pixelAccuracy: 0.9, meanClassAccuracy: 0.7, meanIou: null, groups: [] }];
    expect(scoresOf({ setting: 's', models: [{ model: 'a', metrics }] })).toEqual({
      'mean IoU (groups-8)': null,
      'pixel accuracy (groups-8)': 0.9,
      'mean class accuracy (groups-8)': 0.7,
    });
    const both = scoresOf({
      models: [
        { model: 'a', metrics },
        { model: 'b', metrics },
      ],
    });
    expect(Object.keys(both).slice(0, 2)).toEqual(['a: mean IoU (groups-8)', 'b: mean IoU (groups-8)']);
  });
  test('of anything else are all its numbers', () => {
    expect(scoresOf({ f1: 0.5, note: 'x', per: { class: [0.1, 0.2], top: 1 } })).toEqual({ f1: 0.5, 'per.top': 1 });
    expect(scoresOf(undefined)).toEqual({});
  });
});
