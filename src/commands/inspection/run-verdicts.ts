import path from 'node:path';
import { classSetNamed } from '../../data/classes';
import { UserError } from '../../errors';
import { readSceneCounts, type SceneCounts } from '../../evaluation/scene-counts';
import { type ComparedResults, distinctions, seedGroups } from '../../study/settings-comparison';
import { type CountedModel, type PairVerdict, pairVerdicts } from '../../study/verdicts';

/**
 * What may be said of the differences between runs, those together that differ in nothing but their seed, each against the
 * first. Runs without the counts of their scenes, or of other scenes than the first, have no part in it.
 */
export function runVerdicts(runs: readonly ComparedResults[]): PairVerdict[] {
  const groups = seedGroups(runs);
  const apart = distinctions(groups.map((group) => group.runs[0]));
  const models = groups.flatMap((group, index): CountedModel[] => {
    const seeds = group.runs.map(countsOf);
    if (seeds.includes(undefined)) return [];
    const label = [group.runs[0].results.configuration.name ?? group.runs[0].name, apart[index]]
      .filter(Boolean)
      .join(' ');
    return [{ label, seeds: seeds as SceneCounts[] }];
  });
  const [first, ...others] = models;
  if (others.length === 0) return [];
  const classSet = classSetNamed(first.seeds[0].classes);
  if (!classSet) return [];
  return others
    .filter((other) => scenesOf(other) === scenesOf(first))
    .flatMap((other) => pairVerdicts([first, other], classSet));
}

function countsOf({ folder, results }: ComparedResults): SceneCounts | undefined {
  const [evaluation] = results.evaluations;
  if (!evaluation) return undefined;
  try {
    return readSceneCounts(path.join(folder, evaluation.folder));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Names of the scenes that all seeds were evaluated on; of none where the seeds differ in that. */
function scenesOf({ seeds }: CountedModel): string {
  const names = new Set(seeds.map(({ scenes }) => scenes.map(({ name }) => name).join()));
  return names.size === 1 ? [...names][0] : '';
}
