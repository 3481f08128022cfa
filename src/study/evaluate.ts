import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { describeSetting, openDataset } from '../data/open-dataset';
import { CONVENTIONS, type Convention } from '../evaluation/confusion-matrix';
import type { Evaluation, SceneScore } from '../evaluation/evaluate';
import type { Run } from '../experiment/run-folder';
import { loadCheckpoint } from '../training/checkpoint';
import { evaluateSplit } from './evaluate-split';
import { type EvaluationRecord, evaluationBasis, evaluationFolder, isMadeOf } from './evaluation-record';
import {
  confusionMatrixCsv,
  confusionMatrixFile,
  readConfusionMatrix,
  readMetricsFile,
  writeMetricsFiles,
} from './metrics-files';

/** How the best checkpoint of a run did on its experiment's evaluation split. */
export interface RunEvaluation extends Evaluation {
  /** In words, what it was measured on. */
  setting: string;
  record: EvaluationRecord;
  /** Its folder below the run's. */
  folder: string;
}

const SCENES_FILE = 'scenes.json';
const sceneScores = z.array(z.object({ name: z.string(), pixelAccuracy: z.number().nullable() }));

/**
 * Evaluates the best checkpoint of a run on its experiment's evaluation split, by both metrics, and writes `metrics.*`,
 * `scenes.json` and the confusion matrices into the evaluation's folder below the run's. One that was made before of the
 * same weights and scenes is read instead.
 *
 * @param onScene told after each scene how many are done
 * @throws DataError, ModelError or RunError when scenes or checkpoint are missing or damaged
 */
export async function evaluateRun(run: Run, onScene?: (done: number, total: number) => void): Promise<RunEvaluation> {
  const recorded = await recordedEvaluation(run);
  if (recorded) return recorded;
  const { experiment } = run;
  const folder = evaluationFolder(experiment);
  const dataset = await openDataset(experiment.data);
  const basis = await evaluationBasis(run, dataset);
  const checkpoint = loadCheckpoint(run.path());
  try {
    const evaluation = await evaluateSplit(checkpoint, dataset, experiment, onScene);
    const setting = describeSetting(dataset, experiment.data, experiment.evaluation);
    const record: EvaluationRecord = {
      ...basis,
      split: experiment.evaluation.split,
      resolution: experiment.evaluation.resolution,
      scenes: evaluation.scenes.length,
      classes: checkpoint.metadata.classes,
      execution: experiment.execution,
      convolutionForms: { ...evaluation.convolutionForms },
      evaluatedAt: new Date().toISOString(),
    };
    // What another checkpoint or other scenes left there does not belong to this one.
    rmSync(run.path(folder), { recursive: true, force: true });
    for (const matrix of Object.values(evaluation.matrices))
      run.write(path.join(folder, confusionMatrixFile(matrix.convention)), confusionMatrixCsv(matrix));
    run.writeJson(path.join(folder, SCENES_FILE), evaluation.scenes);
    writeMetricsFiles(run.path(folder), {
      setting,
      models: [{ model: experiment.name, metrics: Object.values(evaluation.metrics) }],
      evaluation: record,
    });
    return { ...evaluation, setting, record, folder };
  } finally {
    checkpoint.model.dispose();
  }
}

/**
 * What an evaluation left in a run's folder, if it was made of the checkpoint and the scenes that are there now.
 *
 * @throws DataError, ModelError or RunError as {@link evaluateRun}
 */
export async function recordedEvaluation(run: Run): Promise<RunEvaluation | undefined> {
  const folder = evaluationFolder(run.experiment);
  const place = run.path(folder);
  if (!existsSync(path.join(place, 'metrics.json'))) return undefined;
  const { setting, models, evaluation: record } = readMetricsFile(place);
  const basis = await evaluationBasis(run, await openDataset(run.experiment.data));
  if (!record || !isMadeOf(record, basis)) return undefined;
  const perConvention = <T>(make: (convention: Convention) => T) =>
    Object.fromEntries(CONVENTIONS.map((convention) => [convention, make(convention)])) as Record<Convention, T>;
  const scenes = sceneScores.parse(JSON.parse(readFileSync(path.join(place, SCENES_FILE), 'utf8')));
  return {
    matrices: perConvention((convention) => readConfusionMatrix(place, convention)),
    metrics: perConvention((convention) => models[0].metrics.find((each) => each.convention === convention)!),
    scenes: scenes.map(({ name, pixelAccuracy }): SceneScore => ({ name, pixelAccuracy: pixelAccuracy ?? Number.NaN })),
    convolutionForms: record.convolutionForms,
    setting,
    record,
    folder,
  };
}
