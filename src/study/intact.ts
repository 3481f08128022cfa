import { existsSync } from 'node:fs';
import path from 'node:path';
import { openDataset } from '../data/open-dataset';
import { DataError, ModelError } from '../errors';
import { dependencyRun, type Run } from '../experiment/run-folder';
import type { TrainingIdentity } from '../training/training-identity';
import { evaluationBasis, evaluationFolder, isMadeOf } from './evaluation-record';
import { readMetricsFile } from './metrics-files';
import { allEpochsDone, epochsHeld, isTrainedAs, presentIdentity } from './standing';

/**
 * Whether what a run's folder holds is of the settings, data and weights as they are now. Data or weights that are gone
 * cannot be compared, and a run that needs nothing more may outlive them.
 *
 * @returns false for an evaluation of other weights or scenes, or a comparison of other scores
 * @throws RunError when the folder holds epochs of another training; ModelError when they are damaged
 */
export async function isIntact(run: Run): Promise<boolean> {
  if (run.experiment.comparison !== null) return isCurrentComparison(run);
  if (epochsHeld(run) === 0) return true;
  const identity = await unlessGone(() => presentIdentity(run.experiment));
  if (!identity) return true;
  // The notebook that trains is not among those that went through; it goes on when its turn comes.
  if (!allEpochsDone(run, identity)) return true;
  return (await isTrainedAs(run, identity)) && (await hasCurrentEvaluation(run));
}

/** There is none, or it is of the checkpoint and the scenes as they are. */
async function hasCurrentEvaluation(run: Run): Promise<boolean> {
  const place = run.path(evaluationFolder(run.experiment));
  if (!existsSync(path.join(place, 'metrics.json'))) return true;
  const dataset = await unlessGone(() => openDataset(run.experiment.data));
  if (!dataset) return true;
  const { evaluation } = readMetricsFile(place);
  return evaluation !== undefined && isMadeOf(evaluation, await evaluationBasis(run, dataset));
}

/** Its scores are those that the runs it compares have now. */
async function isCurrentComparison(run: Run): Promise<boolean> {
  if (!existsSync(run.path('metrics.json'))) return true;
  const { compared = [] } = readMetricsFile(run.path());
  for (const each of compared) {
    if (!existsSync(path.join(each.run, 'experiment.yaml'))) continue;
    const other = dependencyRun(each.run);
    const dataset = await unlessGone(() => openDataset(other.experiment.data));
    if (dataset && !isMadeOf(each.evaluation, await evaluationBasis(other, dataset))) return false;
  }
  return compared.length > 0;
}

async function unlessGone<T extends TrainingIdentity | object>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof DataError || error instanceof ModelError) return undefined;
    throw error;
  }
}
