import path from 'node:path';
import { type ClassSet, classMeaning } from '../../data/classes/class-set';
import { UserError } from '../../errors';
import { readSceneCounts, type SceneCounts } from '../../evaluation/scene-counts';
import { type ComparedResults, labelledGroups } from '../../study/settings-comparison';
import { type CountedModel, type PairVerdict, pairVerdicts } from '../../study/verdicts';

interface EvaluatedModel extends CountedModel {
  /** Tells the scenes that it was evaluated on from others. */
  scenes: string | undefined;
  classSet: ClassSet | undefined;
}

/**
 * What may be said of the differences between runs, those together that differ in nothing but their seed, each against the
 * first. Runs without the counts of their scenes, or of other scenes than the first, have no part in it.
 */
export function runVerdicts(runs: readonly ComparedResults[]): PairVerdict[] {
  const models = labelledGroups(runs).flatMap(({ label, runs: alike }): EvaluatedModel[] => {
    const seeds = alike.map(countsOf);
    if (seeds.includes(undefined)) return [];
    const data = alike.map(({ results }) => results.evaluations[0]?.data);
    const scenes = scenesOf(seeds as SceneCounts[], data);
    return [{ label, seeds: seeds as SceneCounts[], scenes, classSet: alike[0].results.classSet }];
  });
  const [first, ...others] = models;
  if (others.length === 0) return [];
  const { classSet } = first;
  if (!classSet) return [];
  return others
    .filter(({ scenes }) => scenes !== undefined && scenes === first.scenes)
    .filter((other) => other.classSet && classMeaning(other.classSet) === classMeaning(classSet))
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

/**
 * What all seeds were evaluated on, by the names of the scenes and the fingerprint of their contents; undefined where the
 * seeds differ in that.
 */
function scenesOf(seeds: readonly SceneCounts[], data: readonly (string | undefined)[]): string | undefined {
  const evaluated = new Set(
    seeds.map(({ scenes }, index) => `${data[index]} ${scenes.map(({ name }) => name).join()}`),
  );
  return evaluated.size === 1 ? [...evaluated][0] : undefined;
}
