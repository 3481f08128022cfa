import { type Difference, halfWidth } from './difference';
import { studentQuantile } from './student-t';

/**
 * What may be said of a difference:
 * - `established`: the interval leaves zero out, and every model has several seeds;
 * - `no larger`: the interval holds zero and is so narrow that what it still allows is of no interest;
 * - `undecided`: it allows zero and differences of interest, both;
 * - `one seed`: a model has a single seed, so whatever the interval says is of these trained models, not of how they came about.
 */
export type Verdict =
  | { kind: 'established' }
  | { kind: 'no larger'; than: number }
  | { kind: 'undecided'; moreSeeds: number | 'too many' | 'more scenes' }
  | { kind: 'one seed'; differ: boolean };

export interface VerdictOptions {
  /** The smallest difference of interest, in the score's own unit: 0.01 is one point of IoU. */
  relevant?: number;
}

/** More seeds than this are not worth naming: nobody will train them. */
const MOST_SEEDS = 50;
/** How probably a number of seeds must decide to be named; Cohen's (1988) convention. */
const POWER = 0.8;

/** @returns null for a score that is not defined for both models, as the IoU of a group that is absent */
export function verdict(difference: Difference, { relevant = 0.01 }: VerdictOptions = {}): Verdict | null {
  const { low, high, scope } = difference;
  if (Number.isNaN(low) || Number.isNaN(high)) return null;
  const leavesZeroOut = low > 0 || high < 0;
  if (scope === 'trained models') return { kind: 'one seed', differ: leavesZeroOut };
  if (leavesZeroOut) return { kind: 'established' };
  const largest = Math.max(high, -low);
  return largest <= relevant
    ? { kind: 'no larger', than: largest }
    : { kind: 'undecided', moreSeeds: seedsToDecide(difference, relevant) };
}

/**
 * How many more seeds of each model would decide, if the difference and its variances are as they look now: establish the
 * difference with a probability of 0.8, or show that none of interest is left.
 */
function seedsToDecide(difference: Difference, relevant: number): number | 'too many' | 'more scenes' {
  const decides = (more: number) => {
    const seeds = difference.seeds.map((count) => count + more) as unknown as Difference['seeds'];
    const half = halfWidth(difference.variance, { ...difference, seeds });
    const needed = half * (1 + studentQuantile(POWER, 1e6) / studentQuantile((1 + difference.confidence) / 2, 1e6));
    const size = Math.abs(difference.difference);
    return size >= needed || size + half <= relevant;
  };
  for (let more = 1; more <= MOST_SEEDS; more += 1) if (decides(more)) return more;
  return decides(1e6) ? 'too many' : 'more scenes';
}

/** A verdict in words, without what it is of; differences are points of a hundred. */
export function verdictText(found: Verdict | null): string {
  if (found === null) return 'not defined for both';
  if (found.kind === 'established') return 'established';
  if (found.kind === 'no larger') return `no difference larger than ${(found.than * 100).toFixed(1)} points`;
  if (found.kind === 'one seed')
    return found.differ
      ? 'these two trained models differ; of the method one seed says nothing'
      : 'not even these two trained models can be told apart';
  if (found.moreSeeds === 'too many') return `undecided: more than ${MOST_SEEDS} more seeds would be needed`;
  if (found.moreSeeds === 'more scenes') return 'undecided: only more scenes would decide';
  return `undecided: about ${found.moreSeeds} more ${found.moreSeeds === 1 ? 'seed' : 'seeds'} would decide`;
}
