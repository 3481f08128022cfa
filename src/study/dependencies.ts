import { loadExperiment } from '../experiment/load';
import { dependencyRun, openRun, type Run } from '../experiment/run-folder';
import { LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { checkpointMetadata } from '../training/checkpoint-metadata';
import { evaluateRun } from './evaluate';
import { isTrained } from './standing';
import { type TrainRunEvents, trainRun } from './train';

/** Who is told how far each run is that is made. */
export interface MakingProgress {
  training?: (run: Run) => TrainRunEvents['onStep'];
  evaluation?: (run: Run) => (done: number, total: number) => void;
}

/**
 * Makes what an experiment needs of others and is not there yet, or the weights or scenes have changed since.
 *
 * @param experimentPath the experiment's YAML
 * @throws the errors of {@link trainRun} and of the evaluation
 */
export async function makeDependencies(experimentPath: string, progress: MakingProgress = {}): Promise<void> {
  const { experiment, dependencies } = loadExperiment(experimentPath);
  for (const { path, set } of dependencies) await trainUnlessTrained(openRun(path, { set }), progress);
  for (const folder of (experiment.comparison?.runs ?? []).flatMap(({ run }) => run)) {
    const run = dependencyRun(folder);
    if (!isOfBefore(run)) await trainUnlessTrained(run, progress);
    await evaluateRun(run, progress.evaluation?.(run));
  }
}

/** Trains a run, or goes on with it, unless its training is done. */
export async function trainUnlessTrained(run: Run, { training }: MakingProgress = {}): Promise<void> {
  if (await isTrained(run)) return;
  await trainRun(run, { onStep: training?.(run) });
}

/** Whether a run's checkpoint does not say what it was made of: nothing can be compared, so it is taken as it is. */
function isOfBefore(run: Run): boolean {
  const metadata = checkpointMetadata(run.path(LAST_CHECKPOINT));
  return metadata !== undefined && metadata.training === undefined;
}
