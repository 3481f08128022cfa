import { describe, expect, test } from 'bun:test';
import { classSet } from '../../src/data/classes';
import { confusionMatrix } from '../../src/evaluation/confusion-matrix';
import { LabelCounts } from '../../src/evaluation/label-counts';
import { metricsOf } from '../../src/evaluation/metric';
import { metrics } from '../../src/evaluation/metrics';
import { GROUP_NAMES, labelNamed } from '../../src/labels';

const [groups8, official7] = metricsOf(classSet('groups-8'));
const id = (name: string) => labelNamed(name).id;
const group = (name: string) => GROUP_NAMES.indexOf(name as (typeof GROUP_NAMES)[number]);

/** Adds `count` pixels of one true label that are all predicted as one group. */
function count(counts: LabelCounts, pixels: number, label: string, predicted: string): void {
  counts.add(Array(pixels).fill(id(label)), Array(pixels).fill(group(predicted)));
}

// truth \ predicted   flat  construction  sky  void
// road (flat)           60            10    0     5
// parking (flat, ignored officially)
//                        4             6    0     0
// building               0            20    2     0
// sky                    0             0    8     0
// unlabeled (void)       3             0    0     2
const counts = new LabelCounts(classSet('groups-8'));
count(counts, 60, 'road', 'flat');
count(counts, 10, 'road', 'construction');
count(counts, 5, 'road', 'void');
count(counts, 4, 'parking', 'flat');
count(counts, 6, 'parking', 'construction');
count(counts, 20, 'building', 'construction');
count(counts, 2, 'building', 'sky');
count(counts, 8, 'sky', 'sky');
count(counts, 3, 'unlabeled', 'flat');
count(counts, 2, 'unlabeled', 'void');

describe('groups-8: every pixel counts, void is a class', () => {
  const scores = metrics(confusionMatrix(counts, groups8));
  const iou = Object.fromEntries(scores.groups.map((score) => [score.group, score.iou]));

  test('pixel accuracy is (64 + 20 + 8 + 2) of 120', () => {
    expect(scores.pixelAccuracy).toBeCloseTo((64 + 20 + 8 + 2) / 120, 12);
  });

  test('IoU is intersection over row sum + column sum - intersection', () => {
    expect(iou.flat).toBeCloseTo(64 / (85 + 67 - 64), 12); // row 60+10+5+4+6, column 60+4+3
    expect(iou.construction).toBeCloseTo(20 / (22 + 36 - 20), 12); // column 10+6+20
    expect(iou.sky).toBeCloseTo(8 / (8 + 10 - 8), 12); // column 2+8
    expect(iou.void).toBeCloseTo(2 / (5 + 7 - 2), 12); // row 3+2, column 5+2
  });

  test('groups in neither truth nor prediction have no IoU, and the mean skips them', () => {
    for (const absent of ['object', 'nature', 'human', 'vehicle']) expect(iou[absent]).toBeNaN();
    expect(scores.meanIou).toBeCloseTo((64 / 88 + 20 / 38 + 8 / 10 + 2 / 10) / 4, 12);
  });

  test('mean class accuracy is the mean of diagonal over row sum', () => {
    expect(scores.meanClassAccuracy).toBeCloseTo((64 / 85 + 20 / 22 + 8 / 8 + 2 / 5) / 4, 12);
  });
});

describe('official-7: only evaluated truth counts', () => {
  const scores = metrics(confusionMatrix(counts, official7));
  const iou = Object.fromEntries(scores.groups.map((score) => [score.group, score.iou]));

  test('void has no score; parking and unlabeled cost nothing', () => {
    expect(scores.groups.map((score) => score.group)).not.toContain('void');
    expect(iou.construction).toBeCloseTo(20 / (22 + 30 - 20), 12); // column 10+20, without parking's 6
    expect(iou.flat).toBeCloseTo(60 / (75 + 60 - 60), 12); // row 60+10+5, column 60: parking and void left out
  });

  test('void predicted on a valid pixel is a miss', () => {
    expect(scores.pixelAccuracy).toBeCloseTo((60 + 20 + 8) / (75 + 22 + 8), 12);
    expect(scores.groups.find((score) => score.group === 'flat')?.accuracy).toBeCloseTo(60 / 75, 12);
  });
});

test('a group predicted but never true has IoU 0, not NaN', () => {
  const wrong = new LabelCounts(classSet('groups-8'));
  count(wrong, 3, 'road', 'human');
  const { groups } = metrics(confusionMatrix(wrong, groups8));
  expect(groups.find((score) => score.group === 'human')).toMatchObject({ iou: 0, accuracy: Number.NaN, pixels: 0 });
});

test('counting in two parts and merging is counting at once', () => {
  const [whole, first, second] = [1, 2, 3].map(() => new LabelCounts(classSet('groups-8')));
  whole.add([7, 7, 23], [1, 2, 5]);
  first.add([7], [1]);
  second.add([7, 23], [2, 5]);
  first.merge(second);
  expect(first.counts).toEqual(whole.counts);
});

test('a label id or a group out of range is refused', () => {
  expect(() => new LabelCounts(classSet('groups-8')).add([34], [0])).toThrow(RangeError);
  expect(() => new LabelCounts(classSet('groups-8')).add([0], [8])).toThrow(RangeError);
  expect(() => new LabelCounts(classSet('groups-8')).add([0, 0], [1])).toThrow(RangeError);
});

test('camvid-11: void costs nothing, whatever is predicted there', () => {
  const set = classSet('camvid-11');
  const [metric, ...more] = metricsOf(set);
  expect([metric.name, ...more.map(({ name }) => name)]).toEqual(['camvid-11', 'official-7']);
  // truth \ predicted   road  tree  pedestrian
  // road                   6     2           0
  // tree                   1     5           0
  // pedestrian             1     0           1
  // void                   3     4           2
  const [road, tree, pedestrian] = ['road', 'tree', 'pedestrian'].map((name) => metric.classes.indexOf(name));
  const counted = new LabelCounts(set);
  const add = (label: string, row: [number, number, number]) =>
    [road, tree, pedestrian].forEach((predicted, index) => {
      counted.add(Array(row[index]).fill(id(label)), Array(row[index]).fill(predicted));
    });
  add('road', [6, 2, 0]);
  add('vegetation', [1, 5, 0]);
  add('person', [1, 0, 1]);
  add('unlabeled', [3, 4, 2]);
  const scores = metrics(confusionMatrix(counted, metric));
  expect(scores.groups[road].iou).toBeCloseTo(6 / (8 + 8 - 6), 12);
  expect(scores.groups[tree].iou).toBeCloseTo(5 / (6 + 7 - 5), 12);
  expect(scores.groups[pedestrian].iou).toBeCloseTo(1 / (2 + 1 - 1), 12);
  expect(scores.meanIou).toBeCloseTo((6 / 10 + 5 / 8 + 1 / 2) / 3, 12);
  expect(scores.pixelAccuracy).toBeCloseTo(12 / 16, 12);
});
