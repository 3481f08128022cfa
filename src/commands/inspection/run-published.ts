import { publishedTable } from '../../study/published-scores';
import { type ComparedResults, labelledGroups } from '../../study/settings-comparison';
import type { Table } from '../../tables/tables';

/**
 * Finished runs among the published scores of their classes, those together that differ in nothing but their seed.
 *
 * @returns undefined where nothing was published of these classes, or no run was evaluated as that was
 */
export function publishedBesideRuns(runs: readonly ComparedResults[]): Table | undefined {
  const [metric] = new Set(runs.map(({ results }) => results.classSet?.name).filter((name) => name !== undefined));
  const models = labelledGroups(runs).flatMap(({ label, runs: alike }) => {
    const [{ results }] = alike;
    const evaluation = results.evaluations[0]?.measured;
    if (!evaluation || results.classSet?.name !== metric) return [];
    const meanIou = alike.map((each) => each.results.scores[`mean IoU (${metric})`] ?? Number.NaN);
    return [{ label, meanIou, evaluation }];
  });
  return metric === undefined ? undefined : publishedTable(metric, models);
}
