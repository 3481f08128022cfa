import type { ClassSet } from '../data/classes/class-set';
import { RunError } from '../errors';
import { summed } from './bootstrap';
import { confusionMatrix } from './confusion-matrix';
import { type Difference, differences } from './difference';
import { LabelCounts } from './label-counts';
import { type Metric, type MetricName, metricsOf } from './metric';
import { type Metrics, metrics } from './metrics';
import { sceneBlocks } from './scene-blocks';
import type { SceneCounts } from './scene-counts';
import { type Verdict, verdict } from './verdict';

/** By how much two models differ in one score, and what may be said of it. */
export interface ScoreDifference {
  metric: MetricName;
  /** Such as `mean IoU` or `IoU of human`. */
  score: string;
  difference: Difference;
  /** null for a score that is not defined for both. */
  verdict: Verdict | null;
}

/** The score that a comparison is decided by; the others tell where the difference lies. */
export const MAIN_SCORE = 'mean IoU';

/**
 * Compares two models by every score of all metrics, see {@link differences}. Each interval and verdict is for itself:
 * of twenty scores in which nothing differs, one is called established on average.
 *
 * @param first the counts of the first model's runs, one per seed
 * @param second those of the second model, of the same scenes
 * @param classes that the models predict
 * @throws RunError when the runs were not evaluated on the same scenes
 */
export function scoreDifferences(
  first: readonly SceneCounts[],
  second: readonly SceneCounts[],
  classes: ClassSet,
): ScoreDifference[] {
  const [{ scenes }] = first;
  for (const other of [...first, ...second]) requireSameScenes(scenes, other.scenes);
  const blocks = sceneBlocks(scenes.map(({ name }) => name));
  const inBlocks = ({ scenes: counted }: SceneCounts) =>
    blocks.map((block) => summed(block.map((scene) => matricesOf(counted[scene].counts, classes))));
  const entriesOf = (matrices: Float64Array) =>
    metricsOfMatrices(matrices, metricsOf(classes)).flatMap((each) =>
      namedScores(each).map(([score, value]) => ({ metric: each.metric, score, value })),
    );
  const blocksOfFirst = first.map(inBlocks);
  const values = (matrices: Float64Array) => entriesOf(matrices).map(({ value }) => value);
  const found = differences(blocksOfFirst, second.map(inBlocks), values);
  const names = entriesOf(blocksOfFirst[0][0]).map(({ metric, score }) => ({ metric, score }));
  return found.map((difference, index) => ({ ...names[index], difference, verdict: verdict(difference) }));
}

/** The confusion matrices of all metrics, one after the other. */
function matricesOf(labelCounts: Float64Array, classes: ClassSet): Float64Array {
  const counts = new LabelCounts(classes);
  counts.counts.set(labelCounts);
  return Float64Array.from(metricsOf(classes).flatMap((metric) => [...confusionMatrix(counts, metric).counts]));
}

/** What {@link matricesOf} set one after the other, scored. */
function metricsOfMatrices(matrices: Float64Array, all: readonly Metric[]): Metrics[] {
  let start = 0;
  return all.map(({ name, classes, unscored }) => {
    const counts = matrices.subarray(start, start + classes.length ** 2);
    start += counts.length;
    return metrics({ metric: name, classes, counts, unscored });
  });
}

/** Each score of a metric by its name. */
export function namedScores({
  meanIou,
  pixelAccuracy,
  meanClassAccuracy,
  groups,
}: Metrics): [name: string, score: number][] {
  return [
    [MAIN_SCORE, meanIou],
    ['pixel accuracy', pixelAccuracy],
    ['mean class accuracy', meanClassAccuracy],
    ...groups.map(({ group, iou }): [string, number] => [`IoU of ${group}`, iou]),
  ];
}

function requireSameScenes(expected: SceneCounts['scenes'], found: SceneCounts['scenes']): void {
  const place = Array.from(
    { length: Math.max(expected.length, found.length) },
    (_, index) => expected[index]?.name === found[index]?.name,
  ).indexOf(false);
  if (place < 0) return;
  throw new RunError(
    `the runs were evaluated on other scenes: number ${place + 1} is ${found[place]?.name ?? 'missing'}, expected ${expected[place]?.name ?? 'none'}`,
    'compare runs of the same data and split',
  );
}
