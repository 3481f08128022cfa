import { RunError } from '../errors';
import { type Scores, summed } from './bootstrap';
import { CONVENTIONS, type Convention, confusionMatrix } from './confusion-matrix';
import { type Difference, type DifferenceOptions, differences } from './difference';
import { LabelCounts } from './label-counts';
import { type Metrics, metrics } from './metrics';
import { sceneBlocks } from './scene-blocks';
import type { SceneCounts } from './scene-counts';
import { type Verdict, type VerdictOptions, verdict } from './verdict';

/** By how much two models differ in one score, and what may be said of it. */
export interface ScoreDifference {
  convention: Convention;
  /** Such as `mean IoU` or `IoU of human`. */
  score: string;
  difference: Difference;
  /** null for a score that is not defined for both. */
  verdict: Verdict | null;
}

/** The score that a comparison is decided by; the others tell where the difference lies. */
export const MAIN_SCORE = 'mean IoU';

/**
 * Compares two models by every score of both conventions, see {@link differences}. Each interval and verdict is for itself:
 * of twenty scores in which nothing differs, one is called established on average.
 *
 * @param first the counts of the first model's runs, one a seed
 * @param second those of the second model, of the same scenes
 * @throws RunError when the runs were not evaluated on the same scenes
 */
export function scoreDifferences(
  first: readonly SceneCounts[],
  second: readonly SceneCounts[],
  options: DifferenceOptions & VerdictOptions = {},
): ScoreDifference[] {
  const [{ scenes }] = first;
  for (const other of [...first, ...second]) requireSameScenes(scenes, other.scenes);
  const blocks = sceneBlocks(scenes.map(({ name }) => name));
  const inBlocks = ({ scenes: counted }: SceneCounts) =>
    blocks.map((block) => summed(block.map((scene) => matricesOf(counted[scene].counts))));
  const found = differences(first.map(inBlocks), second.map(inBlocks), scoresOf, options);
  const names = CONVENTIONS.flatMap((convention) =>
    namesOf(metricsOf(inBlocks(first[0])[0], convention)).map((score) => ({ convention, score })),
  );
  return found.map((difference, index) => ({ ...names[index], difference, verdict: verdict(difference, options) }));
}

/** The confusion matrices of all conventions, one after the other. */
function matricesOf(labelCounts: Float64Array): Float64Array {
  const counts = new LabelCounts();
  counts.counts.set(labelCounts);
  const matrices = CONVENTIONS.map((convention) => confusionMatrix(counts, convention).counts);
  return Float64Array.from(matrices.flatMap((matrix) => [...matrix]));
}

function metricsOf(matrices: Float64Array, convention: Convention): Metrics {
  const { classes, counts } = confusionMatrix(new LabelCounts(), convention);
  const start = CONVENTIONS.indexOf(convention) * counts.length;
  return metrics({ convention, classes, counts: matrices.subarray(start, start + counts.length) });
}

const scoresOf: Scores = (matrices) =>
  CONVENTIONS.flatMap((convention) => {
    const { meanIou, pixelAccuracy, meanClassAccuracy, groups } = metricsOf(matrices, convention);
    return [meanIou, pixelAccuracy, meanClassAccuracy, ...groups.map(({ iou }) => iou)];
  });

/** In the order of {@link scoresOf}. */
function namesOf({ groups }: Metrics): string[] {
  return [MAIN_SCORE, 'pixel accuracy', 'mean class accuracy', ...groups.map(({ group }) => `IoU of ${group}`)];
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
