import type { ClassSet } from '../data/classes/class-set';
import type { Difference } from '../evaluation/difference';
import { type MetricName, wordsOf } from '../evaluation/metric';
import type { SceneCounts } from '../evaluation/scene-counts';
import { MAIN_SCORE, type ScoreDifference, scoreDifferences } from '../evaluation/score-differences';
import { verdictText } from '../evaluation/verdict';
import { ABSENT, type Table } from '../tables/tables';

/** What is compared of a model: its name, and of each of its seeds the counts of the scenes. */
export interface CountedModel {
  label: string;
  seeds: readonly SceneCounts[];
}

/** Two models, the second against the first. */
export interface PairVerdict {
  first: string;
  second: string;
  /** Scenes that both were evaluated on. */
  scenes: number;
  /** Every score of all metrics. */
  scores: ScoreDifference[];
}

/**
 * Compares each pair of models, see `scoreDifferences` for how.
 *
 * @throws RunError when they were not evaluated on the same scenes
 */
export function pairVerdicts(models: readonly CountedModel[], classSet: ClassSet): PairVerdict[] {
  return models.flatMap((first, place) =>
    models.slice(place + 1).map((second) => ({
      first: first.label,
      second: second.label,
      scenes: first.seeds[0].scenes.length,
      scores: scoreDifferences(first.seeds, second.seeds, classSet),
    })),
  );
}

/** How intervals are made, in a sentence for the reader of a table. */
export const VERDICT_METHOD =
  'Differences in points of a hundred, with 95 % intervals for chance on both levels: of scenes by a bootstrap that draws the same ones for both models (neighbouring frames of a film together), of seeds by their variance, by t. Each interval is for itself: of twenty scores without a difference, one is called established on average';

/**
 * One row a score: the difference, its interval, and what may be said of it.
 *
 * @param wanted the scores that have rows; all by default
 */
export function verdictTable(pairs: readonly PairVerdict[], wanted?: readonly string[]): Table {
  return {
    header: ['Compared', 'Metric', 'Score', 'Difference', '95 % interval', 'Verdict'],
    rows: pairs.flatMap(({ first, second, scores }) =>
      scores
        .filter(({ score }) => wanted?.includes(score) ?? true)
        .map(({ metric, score, difference, verdict }) => [
          `${second} against ${first}`,
          metric,
          score,
          verdict ? signed(difference.difference) : ABSENT,
          verdict ? interval(difference) : ABSENT,
          verdictText(verdict),
        ]),
    ),
    text: [0, 1, 2, 5],
  };
}

/**
 * A sentence for each pair and metric about the mean IoU, and about those of single groups that are established. What
 * trained models of a single seed differ by is no finding, and not told here.
 */
export function findings(pairs: readonly PairVerdict[], metrics: readonly MetricName[]): string[] {
  return pairs.flatMap(({ first, second, scenes, scores }) =>
    metrics.flatMap((metric) => {
      const own = scores.filter((each) => each.metric === metric && each.verdict);
      const sentence = ({ score, difference, verdict }: ScoreDifference) => {
        if (verdict?.kind === 'one seed')
          return `${metric}: undecided between ${second} and ${first}: one seed says nothing about a method; another may reverse the order`;
        const points = difference.difference * 100;
        const direction = points >= 0 ? 'above' : 'below';
        return `${metric}: ${score} of ${second} is ${Math.abs(points).toFixed(1)} points ${direction} ${first} (95 % interval ${interval(difference)}; ${evidence(difference, scenes)}): ${verdictText(verdict)}`;
      };
      const established = own.filter(({ score, verdict }) => score !== MAIN_SCORE && verdict?.kind === 'established');
      const groups = established.flatMap(({ score, difference }) => {
        const [, group = ''] = /^IoU of (.+)$/.exec(score) ?? [];
        return group ? [`${group} ${signed(difference.difference)}`] : [];
      });
      return [
        ...own.filter(({ score }) => score === MAIN_SCORE).map(sentence),
        ...(groups.length > 0
          ? [`${metric}: established differences in IoU of single ${wordsOf(metric).many}: ${groups.join(', ')}`]
          : []),
      ];
    }),
  );
}

function evidence({ seeds: [first, second], blocks }: Difference, scenes: number): string {
  const ofSeeds = first === second ? `${first} ${first === 1 ? 'seed' : 'seeds'} each` : `${second} and ${first} seeds`;
  return `${ofSeeds}, ${scenes} scenes${blocks < scenes ? ` in ${blocks} ${blocks === 1 ? 'stretch' : 'stretches'} of film` : ''}`;
}

function interval({ low, high }: Difference): string {
  if (high === Infinity) return ABSENT;
  return `${signed(low)} to ${signed(high)}`;
}

/** Points of a hundred, with a proper minus: +3.2, −0.4, 0.0. */
function signed(value: number): string {
  const text = Math.abs(value * 100).toFixed(1);
  if (Number(text) === 0) return text;
  return `${value > 0 ? '+' : '−'}${text}`;
}
