import { existsSync } from 'node:fs';
import { classSetOfDataset } from '../data/classes';
import type { ClassSet } from '../data/classes/class-set';
import { openDataset } from '../data/open-dataset';
import { RunError } from '../errors';
import { dependencyRun, type Run, runCommand } from '../experiment/run-folder';
import { BEST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { HISTORY_FILE } from '../training/history';
import {
  type ComparedModel,
  comparedModel,
  type ModelRun,
  modelRun,
  requireSameScenes,
  storedModelRun,
} from './compared-model';
import { isOfCheckpoint } from './evaluation-record';
import { settingOfScenes } from './evaluation-setting';
import type { ComparedEvaluation } from './metrics-files';
import { recordedEvaluation } from './stored-evaluation';

/** What a comparison is of. */
export interface Comparison {
  /** In words, what was measured on. */
  setting: string;
  /** What the models predict. */
  classSet: ClassSet;
  models: ComparedModel[];
}

/**
 * Reads what the runs of a comparison left in their folders.
 *
 * @throws RunError when one has not been made, its evaluation is missing or of other weights or scenes than those that are
 * there, it was evaluated on something else than the first, or it differs in more than its seed from those it is averaged
 * with
 */
export async function comparedModels({ experiment }: Run): Promise<Comparison> {
  const { runs: entries } = experiment.comparison ?? notAComparison(experiment.name);
  const models: ComparedModel[] = [];
  for (const { label, run: folders } of entries) {
    const runs: ModelRun[] = [];
    for (const folder of [folders].flat()) runs.push(await readRun(folder));
    models.push(comparedModel(label, runs));
  }
  requireSameScenes(models);
  const [{ run }] = models[0].runs;
  const { data } = run.experiment;
  const [setting, ...others] = new Set(models.flatMap(({ runs }) => runs.map(({ evaluation }) => evaluation.setting)));
  return {
    setting: others.length > 0 ? settingOfScenes(setting) : setting,
    classSet: classSetOfDataset(await openDataset(data), data.classes),
    models,
  };
}

/**
 * A model by the evaluations that lie in the folders of its runs, of the weights that are there; the data is not looked at.
 *
 * @param keptRun where a run without weights may have left its scores
 * @returns the model of those runs that have been made and evaluated as their experiment says, and the others
 * @throws RunError when a run's files are damaged
 */
export function madeModel(
  label: string,
  wanted: readonly Run[],
  keptRun: (run: Run) => Run,
): { model?: ComparedModel; missing: Run[] } {
  const found = wanted.map((run): ModelRun | undefined => {
    const trained = existsSync(run.path(BEST_CHECKPOINT));
    const made = storedModelRun(trained ? run : keptRun(run));
    return trained && made && !isOfCheckpoint(made.evaluation.record, run.path()) ? undefined : made;
  });
  const made = found.filter((each) => each !== undefined);
  const missing = wanted.filter((_, index) => !found[index]);
  return { ...(made.length > 0 && { model: comparedModel(label, made) }), missing };
}

/** What each run's scores were made of, to be kept with those of the comparison. */
export function comparedEvaluations(models: readonly ComparedModel[]): ComparedEvaluation[] {
  return models.flatMap(({ runs }) =>
    runs.map(({ run, evaluation }) => ({ run: run.folder, evaluation: evaluation.record })),
  );
}

async function readRun(folder: string): Promise<ModelRun> {
  const run = dependencyRun(folder);
  const evaluation = await recordedEvaluation(run);
  if (!evaluation)
    throw new RunError(
      `${run.folder}: its evaluation is missing, or the weights or scenes have changed since`,
      `evaluate it: ${runCommand(`${run.folder}/experiment.yaml`)}`,
    );
  const made = modelRun(run, evaluation);
  if (made.history.length === 0)
    throw new RunError(
      `${run.path(HISTORY_FILE)}: is missing, or holds no epochs`,
      `train that run: ${runCommand(`${run.folder}/experiment.yaml`)}`,
    );
  return made;
}

function notAComparison(name: string): never {
  throw new RunError(`experiment "${name}" names no runs to compare`, 'list them under comparison.runs');
}
