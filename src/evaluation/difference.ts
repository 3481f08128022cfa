import { createRandom } from '../random';
import { covariances, resampledScores, type Scores, scoresWithoutEach, summed } from './bootstrap';
import { studentQuantile } from './student-t';

/** What a difference's variance is made of, for one pair of models and one score. */
export interface VarianceParts {
  /** Variance of one run of each model from seed to seed, on these scenes; NaN for a model of a single seed. */
  seeds: readonly [number, number];
  /** What the difference of two models without chance of training would still vary by, were other scenes drawn; Infinity for one block. */
  scenes: number;
  /** How well `scenes` is known, in degrees of freedom: at most the number of blocks - 1. */
  degreesOfScenes: number;
}

/** A score of the second model minus that of the first, each averaged over its seeds. */
export interface Difference {
  difference: number;
  low: number;
  high: number;
  /** Probability that such an interval holds the true difference, as 0.95. */
  confidence: number;
  /** `methods`: what another training would give, too; `trained models`: of these trained models alone. */
  scope: 'methods' | 'trained models';
  /** Seeds of each model. */
  seeds: readonly [number, number];
  /** Scenes, or blocks of neighbouring ones, that were drawn from. */
  blocks: number;
  variance: VarianceParts;
}

export interface DifferenceOptions {
  confidence?: number;
  replicates?: number;
  seed?: number;
}

/**
 * Differences between two models, each with an interval for chance on both levels: which seeds were trained, and which
 * scenes they were evaluated on.
 *
 * Resampling three seeds would give intervals far too narrow (the variance of a resample of n is (n - 1)/n of that of the
 * sample, a third less, and its quantiles know nothing of the few degrees of freedom). So seeds and scenes enter as
 * crossed random effects:
 *
 *     variance of the difference = s1²/n1 + s2²/n2 + c
 *
 * - s² is the sample variance from seed to seed of a model's score on these scenes (it holds, too, what seeds and scenes
 *   do together);
 * - c is from a bootstrap over scenes, the same scenes for all runs of both models: the covariance that two runs of a model
 *   with different seeds share, of both models, minus twice the one between the models. What each run owes to chance of
 *   its own is in s² already and does not count twice, as it would in a bootstrap of both levels at once (Owen 2007, "The
 *   pigeonhole bootstrap"; the subtraction is that of two-way clustering: Cameron, Gelbach and Miller 2011).
 *
 * The interval is t times the root of that, t with Satterthwaite's (1946) degrees of freedom from n1 - 1, n2 - 1 and those of
 * the scenes: Welch's test where scenes do not matter. The scenes' are the number of blocks - 1 where all count alike, and
 * fewer where much hangs on a few (see `degreesOfVariance`). Seeds of two models are not taken as pairs: a number draws
 * other weights in another model. What runs of one number share (the order of scenes) makes the interval too wide, if
 * anything.
 *
 * Where a model has a single seed, nothing is known of the chance of training: the interval then is the bootstrap's
 * own, of these trained models.
 *
 * @param first the first model's runs, one per seed: of each, the counts of each scene or block
 * @param second the second model's, of the same scenes in the same order
 * @param scores of summed counts; one difference is given for each
 */
export function differences(
  first: readonly (readonly Float64Array[])[],
  second: readonly (readonly Float64Array[])[],
  scores: Scores,
  { confidence = 0.95, replicates = 1000, seed = 0 }: DifferenceOptions = {},
): Difference[] {
  const runs = [...first, ...second];
  const blocks = runs[0].length;
  const seeds: [number, number] = [first.length, second.length];
  const scope = Math.min(...seeds) > 1 ? 'methods' : 'trained models';
  const measured = runs.map((counts) => [...scores(summed(counts))]);
  const resampled = resampledScores(runs, scores, { replicates, random: createRandom(seed) });
  const without = scoresWithoutEach(runs, scores);
  return measured[0].map((_, score): Difference => {
    const values = measured.map((each) => each[score]);
    const [theirs, ours] = bySeedOf(values, seeds);
    const matrix = covariances(resampled.map((replicate) => replicate.map((each) => each[score])));
    // A bootstrap's variance is (n - 1)/n of what it estimates; of a single block nothing is known.
    const variance = Math.max(0, varianceOverScenes(matrix, seeds[0], scope));
    const scenes = blocks > 1 ? variance * (blocks / (blocks - 1)) : Infinity;
    const influences = without.map((runsWithout) => {
      const [theirsWithout, oursWithout] = bySeedOf(
        runsWithout.map((each) => each[score]),
        seeds,
      );
      return mean(oursWithout) - mean(theirsWithout);
    });
    const difference = mean(ours) - mean(theirs);
    const parts: VarianceParts = {
      seeds: [sampleVariance(theirs), sampleVariance(ours)],
      scenes,
      degreesOfScenes: degreesOfVariance(influences),
    };
    const half = halfWidth(parts, { seeds, confidence });
    const [low, high] = [difference - half, difference + half];
    return { difference, low, high, confidence, scope, seeds, blocks, variance: parts };
  });
}

/** Half of an interval's width, were there so many seeds; they do not count for models of a single one. */
export function halfWidth(
  { seeds: variances, scenes, degreesOfScenes }: VarianceParts,
  { seeds, confidence }: Pick<Difference, 'seeds' | 'confidence'>,
): number {
  const ofSeeds = Math.min(...seeds) > 1 ? variances.map((variance, model) => variance / seeds[model]) : [];
  const parts = [...ofSeeds, scenes];
  const degrees = [...seeds.slice(0, ofSeeds.length).map((count) => count - 1), degreesOfScenes];
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (!(total > 0) || total === Infinity) return total; // 0 or boundless, or NaN for a score that is not defined
  const satterthwaite = total ** 2 / parts.reduce((sum, part, index) => sum + part ** 2 / degrees[index], 0);
  return studentQuantile((1 + confidence) / 2, satterthwaite) * Math.sqrt(total);
}

/**
 * Variance of the difference over other scenes. For methods that is what runs with different seeds share, for they have
 * nothing but their scenes in common; for trained models it is all.
 */
function varianceOverScenes(
  matrix: readonly (readonly number[])[],
  firstRuns: number,
  scope: Difference['scope'],
): number {
  const all = matrix.map((_, run) => run);
  const [first, second] = [all.slice(0, firstRuns), all.slice(firstRuns)];
  const counts = (a: number, b: number) => a !== b || scope === 'trained models';
  const within = (runs: readonly number[]) =>
    mean(runs.flatMap((a) => runs.filter((b) => counts(a, b)).map((b) => matrix[a][b])));
  const between = mean(first.flatMap((a) => second.map((b) => matrix[a][b])));
  return within(first) + within(second) - 2 * between;
}

/**
 * How well a variance is known from a sample: Var(s²) = σ⁴ (2/(n - 1) + κ/n), and a χ² of d degrees has 2/d. With the excess
 * kurtosis κ of a normal sample, 0, that is n - 1; where a few scenes hold most of a class, far less.
 */
function degreesOfVariance(sample: readonly number[]): number {
  const values = sample.filter((value) => !Number.isNaN(value));
  const middle = mean(values);
  const moment = (power: number) => mean(values.map((value) => (value - middle) ** power));
  const kurtosis = Math.max(0, moment(4) / moment(2) ** 2 - 3) || 0; // 0, too, where no scene makes a difference
  return 2 / (2 / (values.length - 1) + kurtosis / values.length);
}

/** Values of all runs as those of the first model's and those of the second's. */
function bySeedOf<T>(values: readonly T[], [first]: Difference['seeds']): [T[], T[]] {
  return [values.slice(0, first), values.slice(first)];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sampleVariance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
