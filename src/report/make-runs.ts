import { existsSync, readFileSync } from 'node:fs';
import { loadExperiment } from '../experiment/load';
import { openRun, type Run } from '../experiment/run-folder';
import { BEST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { loadCheckpoint } from '../training/checkpoint';
import { HISTORY_FILE, parseHistory } from '../training/history';
import { trainRun } from '../training/train-run';
import { judgeRun } from './judge-run';
import { ProgressLine } from './progress-line';
import { trainingProgress } from './training-progress';

/**
 * So that a notebook can be run alone: makes, with lines of progress, what an experiment needs of others and is not there
 * yet. The runner has done so before it starts a notebook; then there is nothing to do.
 *
 * @param experimentPath the experiment's YAML
 * @throws the errors of {@link trainRun} and of the evaluation
 */
export async function makeNeededRuns(experimentPath: string): Promise<void> {
  for (const { path, set } of loadExperiment(experimentPath).dependencies) {
    const run = openRun(path, { set });
    await trainIfUntrained(run);
    if (run.experiment.task !== 'segmentation' || existsSync(run.path('metrics.json'))) continue;
    const progress = new ProgressLine(`judging ${run.folder}`);
    const checkpoint = loadCheckpoint(run.path());
    await judgeRun(run, checkpoint, (done, total) => progress.update(done, total));
    checkpoint.model.dispose();
  }
}

/** Trains a run, or goes on with it, unless all its epochs are done. */
export async function trainIfUntrained(run: Run): Promise<void> {
  const { epochs } = run.experiment.training;
  if (existsSync(run.path(BEST_CHECKPOINT)) && epochsDone(run) >= epochs) return;
  await trainRun(run, { onStep: trainingProgress(`training ${run.folder}`) });
}

function epochsDone(run: Run): number {
  const file = run.path(HISTORY_FILE);
  return existsSync(file) ? parseHistory(readFileSync(file, 'utf8')).length : 0;
}
