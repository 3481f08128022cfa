import { expect, test } from 'bun:test';
import { publishedBesideRuns } from '../../../src/commands/inspection/run-published';
import { classSet } from '../../../src/data/classes';
import type { ComparedResults } from '../../../src/study/settings-comparison';

/** A finished run that was evaluated on the 233 test scenes. */
function run(
  seed: number,
  meanIou: number,
  resolution: 'training' | 'original',
  classes: 'camvid-11' | 'groups-8' = 'camvid-11',
): ComparedResults {
  return {
    name: `eleven-${seed}`,
    folder: `results/eleven-${seed}`,
    state: 'finished',
    results: {
      configuration: { name: 'eleven', seed },
      scores: { [`mean IoU (${classes})`]: meanIou },
      evaluations: [{ folder: 'evaluations/test', scores: {}, measured: { split: 'test', resolution, scenes: 233 } }],
      history: [],
      classSet: classSet(classes),
    },
  };
}

test('seeds of one model stand among the published scores of whole test pictures, the lowest first', () => {
  const { header, rows } = publishedBesideRuns([run(1, 0.5, 'original'), run(2, 0.54, 'original')])!;
  expect(header).toEqual(['Model', 'Seeds', 'IoU, camvid-11', 'Source']);
  expect(rows.map(([model, seeds, iou]) => [model, seeds, iou]).slice(0, 3)).toEqual([
    ['SegNet', '–', '0.464'],
    // Sample standard deviation of 0.50 and 0.54: 0.04 / √2.
    ['eleven', '2', '0.520 ± 0.028'],
    ['FCN-8', '–', '0.570'],
  ]);
});

test('squares of the training size, and other classes, are not what was published', () => {
  expect(publishedBesideRuns([run(1, 0.5, 'training')])).toBeUndefined();
  expect(publishedBesideRuns([run(1, 0.5, 'original', 'groups-8')])).toBeUndefined();
});
