import { loadExperiment } from '../experiment/load';
import { dependencyRun, openRun, type Run } from '../experiment/run-folder';
import { LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { ProgressLine } from '../report/notebook/progress-line';
import { trainingProgress } from '../report/notebook/training-progress';
import { checkpointMetadata } from '../training/checkpoint-metadata';
import { evaluateRun } from './evaluate';
import { isTrained } from './standing';
import { trainRun } from './train';

/**
 * So that a notebook can be run alone: makes, with lines of progress, what an experiment needs of others and is not there
 * yet, or is of other weights or scenes than those that are there. The runner has done so before it starts a notebook; then
 * there is nothing to do.
 *
 * @param experimentPath the experiment's YAML
 * @throws the errors of {@link trainRun} and of the evaluation
 */
export async function makeNeededRuns(experimentPath: string): Promise<void> {
  const { experiment, dependencies } = loadExperiment(experimentPath);
  for (const { path, set } of dependencies) await trainIfUntrained(openRun(path, { set }));
  for (const folder of (experiment.comparison?.runs ?? []).flatMap(({ run }) => run)) {
    const run = dependencyRun(folder);
    if (!isOfBefore(run)) await trainIfUntrained(run);
    const progress = new ProgressLine(`evaluating ${run.folder}`);
    await evaluateRun(run, (done, total) => progress.update(done, total));
  }
}

/** Trains a run, or goes on with it, unless its training is done. */
export async function trainIfUntrained(run: Run): Promise<void> {
  if (await isTrained(run)) return;
  await trainRun(run, { onStep: trainingProgress(`training ${run.folder}`) });
}

/** Whether a run's checkpoint does not say what it was made of: nothing can be compared, so it is taken as it is. */
function isOfBefore(run: Run): boolean {
  const metadata = checkpointMetadata(run.path(LAST_CHECKPOINT));
  return metadata !== undefined && metadata.training === undefined;
}
