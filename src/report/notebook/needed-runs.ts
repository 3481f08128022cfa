import type { Run } from '../../experiment/run-folder';
import { type MakingProgress, makeDependencies, trainUnlessTrained } from '../../study/dependencies';
import { ProgressLine, trainingProgress } from './progress-line';

const progressLines: MakingProgress = {
  training: (run) => trainingProgress(`training ${run.folder}`),
  evaluation: (run) => {
    const progress = new ProgressLine(`evaluating ${run.folder}`);
    return (done, total) => progress.update(done, total);
  },
};

/**
 * So that a notebook can be run alone: makes, with lines of progress, what an experiment needs of others. The runner has
 * done so before it starts a notebook; then there is nothing to do.
 *
 * @param experimentPath the experiment's YAML
 * @throws the errors of {@link makeDependencies}
 */
export async function makeNeededRuns(experimentPath: string): Promise<void> {
  await makeDependencies(experimentPath, progressLines);
}

/** Trains a run with a line of progress, or goes on with it, unless its training is done. */
export async function trainIfUntrained(run: Run): Promise<void> {
  await trainUnlessTrained(run, progressLines);
}
