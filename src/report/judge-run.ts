import { describeSetting, openDataset } from '../data/open-dataset';
import type { Evaluation } from '../evaluation/evaluate';
import { evaluateSplit } from '../evaluation/evaluate-split';
import type { Run } from '../experiment/run-folder';
import type { loadCheckpoint } from '../training/checkpoint';
import { confusionMatrixCsv, confusionMatrixFile, writeMetricsFiles } from './metrics-files';

/**
 * Judges a checkpoint of a run on the experiment's evaluation split, by both metrics, and writes `metrics.*` and the
 * confusion matrices into the run folder.
 *
 * @param onScene told after each scene how many are done
 * @returns the evaluation, and in words what it was made on
 */
export async function judgeRun(
  run: Run,
  checkpoint: ReturnType<typeof loadCheckpoint>,
  onScene?: (done: number, total: number) => void,
): Promise<Evaluation & { setting: string }> {
  const { experiment } = run;
  const dataset = await openDataset(experiment.data);
  const judged = await evaluateSplit(checkpoint, dataset, experiment, onScene);
  const setting = describeSetting(dataset, experiment.data, experiment.evaluation);
  writeMetricsFiles(run.path(), {
    setting,
    models: [{ model: experiment.name, metrics: Object.values(judged.metrics) }],
  });
  for (const matrix of Object.values(judged.matrices))
    run.write(confusionMatrixFile(matrix.convention), confusionMatrixCsv(matrix));
  return { ...judged, setting };
}
