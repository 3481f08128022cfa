import { existsSync } from 'node:fs';
import path from 'node:path';
import { classSet } from '../data/classes';
import { openDataset } from '../data/open-dataset';
import { type Evaluation, scoresOfCounts } from '../evaluation/evaluate';
import { readSceneCounts, SCENE_COUNTS_FILE } from '../evaluation/scene-counts';
import { readSmallThings, SMALL_THINGS_FILE } from '../evaluation/small-things';
import type { Run } from '../experiment/run-folder';
import { type EvaluationRecord, evaluationBasis, evaluationFolder, isMadeOf } from './evaluation-record';
import { readMetricsFile } from './metrics-files';

/** How the best checkpoint of a run did on its experiment's evaluation split. */
export interface RunEvaluation extends Evaluation {
  /** In words, what it was measured on. */
  setting: string;
  record: EvaluationRecord;
  /** Its folder below the run's. */
  folder: string;
}

/** What scores are read from, in the folder of an evaluation. */
export const SCORE_FILES = ['metrics.json', SCENE_COUNTS_FILE, SMALL_THINGS_FILE];

/**
 * What an evaluation left in a run's folder, if it was made of the checkpoint and the scenes that are there now.
 *
 * @throws DataError, ModelError or RunError as `evaluateRun`
 */
export async function recordedEvaluation(run: Run): Promise<RunEvaluation | undefined> {
  const stored = storedEvaluation(run);
  if (!stored) return undefined;
  const basis = await evaluationBasis(run, await openDataset(run.experiment.data));
  return isMadeOf(stored.record, basis) ? stored : undefined;
}

/**
 * What an evaluation left in a run's folder, whatever weights and scenes are there now.
 *
 * @param folder the evaluation's, below the run's; the one that its experiment asks for by default
 * @throws RunError when it is damaged
 */
export function storedEvaluation(run: Run, folder = evaluationFolder(run.experiment)): RunEvaluation | undefined {
  const place = run.path(folder);
  if (!SCORE_FILES.every((file) => existsSync(path.join(place, file)))) return undefined;
  const { setting, evaluation: record, calibration, instanceIou } = readMetricsFile(place);
  if (!record) return undefined;
  return {
    ...scoresOfCounts(readSceneCounts(place), classSet(run.experiment.data.classes)),
    smallThings: readSmallThings(place),
    ...(calibration && { calibration: [...calibration.bins] }),
    ...(instanceIou && { instanceIou }),
    convolutionForms: record.convolutionForms,
    setting,
    record,
    folder,
  };
}
