import { afterAll, describe, expect, test } from 'bun:test';
import { flattened } from '../../src/configuration/flattened';
import { readRunResults, scoresOf } from '../../src/study/results';
import {
  type ComparedResults,
  curveLines,
  curvesTable,
  distinctions,
  seedsTable,
  settingsTable,
} from '../../src/study/settings-comparison';
import { sparkline } from '../../src/tables/sparkline';
import { toCsv, toText } from '../../src/tables/tables';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

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
    results: {
      configuration: flattened({ name, ...configuration }),
      scores,
      evaluations: [],
      history: history(...losses),
    },
  }) satisfies ComparedResults;

const runs = [
  run('a', { seed: 1, training: { epochs: 3 }, model: { blocks: [1, 2] } }, { 'mean IoU': 0.51234 }, 3, 2, 1),
  run('b', { seed: 2, training: { epochs: 3 }, model: { blocks: [1], weights: 'x' } }, { accuracy: null }, 4),
];

test('only what differs is shown, and every score', () => {
  expect(toText(settingsTable(runs))).toBe(
    [
      'run  state     seed  model.blocks  model.weights  epochs  mean IoU  accuracy',
      'a    finished  1     [1,2]         –                   3     0.512         –',
      'b    finished  2     [1]           x                   1         –         –',
      '',
    ].join('\n'),
  );
  expect(toCsv(settingsTable(runs, { exact: true }))).toBe(
    'run,state,seed,model.blocks,model.weights,epochs,mean IoU,accuracy\na,finished,1,"[1,2]",,3,0.51234,\nb,finished,2,[1],x,1,,\n',
  );
  expect(settingsTable(runs, { scores: 1 }).header).not.toContain('accuracy');
});

test('runs that differ in their seed alone are averaged, and only those', () => {
  const seeds = [
    run('base', { seed: 1, notebooks: ['03', '04'], model: { width: 1 }, data: { root: '/a' } }, { 'mean IoU': 0.5 }),
    run('base', { seed: 2, notebooks: ['04'], model: { width: 1 }, data: { root: '/b' } }, { 'mean IoU': 0.6 }),
    run('base', { seed: 1, model: { width: 2 } }, { 'mean IoU': 0.7 }),
    { ...run('base', { seed: 3, model: { width: 1 } }, { 'mean IoU': 0 }), state: 'running' },
  ];
  // Mean 0.55; deviations of 0.05 each, squares 0.0025, their sum over 2 - 1, root of 0.005 = 0.0707.
  expect(toText(seedsTable(seeds)!)).toBe(
    [
      'mean over seeds  model.width  seeds       mean IoU',
      'base             1            1, 2   0.550 ± 0.071',
      'base             2            1              0.700',
      '',
    ].join('\n'),
  );
  expect(seedsTable(seeds.slice(1, 3))).toBeUndefined();
  const [first, second, ...others] = seeds;
  const elsewhere = { ...second, results: { ...second.results, setting: 'other scenes' } };
  expect(seedsTable([first, elsewhere, ...others])).toBeUndefined();
});

test('what sets a run apart from those of its name', () => {
  const made = [
    run('base', { seed: 1, model: { width: 1 } }, {}),
    run('base', { seed: 1, model: { width: 0.5 } }, {}),
    run('other', { seed: 7, model: { width: 2 } }, {}),
  ];
  expect(distinctions(made)).toEqual(['width=1', 'width=0.5', '']);
});

test('curves: an epoch per row, or a run per line to one scale', () => {
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

test('a run that was recorded before a setting came has the default of it, as a new one has', () => {
  const root = projectFolder({ 'old/experiment.yaml': 'name: old\nnotebooks: [t.ipynb]\n' });
  expect(readRunResults(`${root}/old`).configuration['evaluation.mirror']).toBe(false);
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
  test('of things, where they were told apart, are named by what was averaged', () => {
    const instanceIou = { groups: { human: 0.25, vehicle: 0.75 }, meanOfGroups: 0.5 };
    const content = { models: [], calibration: { expectedCalibrationError: 0.1 }, instanceIou };
    expect(scoresOf(content)).toEqual({ 'expected calibration error': 0.1, 'mean iIoU of groups': 0.5 });
    const byLabel = { ...instanceIou, meanOfLabels: 0.375 };
    expect(scoresOf({ ...content, instanceIou: byLabel })).toMatchObject({ 'mean iIoU of labels': 0.375 });
  });
  test('of anything else are all its numbers', () => {
    expect(scoresOf({ f1: 0.5, note: 'x', per: { class: [0.1, 0.2], top: 1 } })).toEqual({ f1: 0.5, 'per.top': 1 });
    expect(scoresOf(undefined)).toEqual({});
  });
});
