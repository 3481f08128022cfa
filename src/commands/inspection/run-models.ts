import { classSet } from '../../data/classes';
import { UserError } from '../../errors';
import { loadedRun } from '../../experiment/run-folder';
import {
  type ComparedModel,
  comparedModel,
  differentScenes,
  type ModelRun,
  modelCounts,
  storedModelRun,
} from '../../study/compared-model';
import { type ComparedResults, labelledGroups } from '../../study/settings-comparison';
import { type PairVerdict, pairVerdicts } from '../../study/verdicts';

/** Finished runs as models, those together that differ in nothing but their seed; one whose evaluation is not whole is left out. */
export function runModels(runs: readonly ComparedResults[]): ComparedModel[] {
  return labelledGroups(runs).flatMap(({ label, runs: alike }) => {
    const made = alike.map(evaluatedRun);
    return made.every((each) => each !== undefined) ? [comparedModel(label, made)] : [];
  });
}

/** By the evaluation whose scores are shown. */
function evaluatedRun({ folder, results: { experiment, evaluations } }: ComparedResults): ModelRun | undefined {
  if (!experiment || evaluations.length === 0) return undefined;
  try {
    return storedModelRun(loadedRun({ experiment, folder }), evaluations[0].folder);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What may be said of the differences between models, each against the first. Those of other scenes than that have no part in it. */
export function runVerdicts([first, ...others]: readonly ComparedModel[]): PairVerdict[] {
  return others
    .filter((other) => differentScenes([first, other], { seenAlike: false }).length === 0)
    .flatMap((other) =>
      pairVerdicts([first, other].map(modelCounts), classSet(first.runs[0].run.experiment.data.classes)),
    );
}
