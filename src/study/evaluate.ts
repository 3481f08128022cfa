import path from 'node:path';
import { openDataset } from '../data/open-dataset';
import { expectedCalibrationError } from '../evaluation/calibration';
import { writeSceneCounts } from '../evaluation/scene-counts';
import { writeSmallThings } from '../evaluation/small-things';
import type { Run } from '../experiment/run-folder';
import { removeFile } from '../files/write-file';
import { evaluateSplit } from './evaluate-split';
import { type EvaluationRecord, evaluationBasis, evaluationFolder } from './evaluation-record';
import { describeSetting } from './evaluation-setting';
import { confusionMatrixCsv, confusionMatrixFile, writeMetricsFiles } from './metrics-files';
import { type RunEvaluation, recordedEvaluation } from './stored-evaluation';
import { trainedModel } from './trained-model';

/**
 * Evaluates the best checkpoint of a run on its experiment's evaluation split, by each metric of its classes, and writes
 * `metrics.*`, the confusion matrices, the counts of each scene and its small things into the evaluation's folder below the
 * run's. One that was made before of the same weights and scenes is read instead.
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
  const checkpoint = trainedModel(run);
  try {
    const evaluation = await evaluateSplit(checkpoint, dataset, experiment, onScene);
    const { calibration, instanceIou } = evaluation;
    const setting = describeSetting(dataset, experiment);
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
    removeFile(run.path(folder));
    for (const matrix of Object.values(evaluation.matrices))
      run.write(path.join(folder, confusionMatrixFile(matrix.metric)), confusionMatrixCsv(matrix));
    writeSceneCounts(run.path(folder), evaluation.sceneCounts);
    writeSmallThings(run.path(folder), evaluation.smallThings);
    writeMetricsFiles(run.path(folder), {
      setting,
      models: [{ model: experiment.name, metrics: Object.values(evaluation.metrics) }],
      evaluation: record,
      ...(calibration && {
        calibration: { expectedCalibrationError: expectedCalibrationError(calibration), bins: calibration },
      }),
      ...(instanceIou && { instanceIou }),
    });
    return { ...evaluation, setting, record, folder };
  } finally {
    checkpoint.model.dispose();
  }
}
