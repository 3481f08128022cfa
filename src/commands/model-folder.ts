import { existsSync } from 'node:fs';
import { isExperimentPath } from '../experiment/experiment-path';
import { loadExperiment } from '../experiment/load';
import { findRun } from './inspection/find-runs';

/** The model that comes with the project; its card lies beside it. */
export const SHIPPED_MODEL = 'models/streets';

/** What {@link modelFolder} takes, for a command's help. */
export const MODEL = "an experiment's YAML, a run's name, or the folder of a run or of a checkpoint";

/**
 * @returns the folder of the run or checkpoint whose model is meant
 * @throws RunnerError when there is no such run, ConfigurationError for a YAML that is wrong
 */
export function modelFolder(wanted: string): string {
  if (isExperimentPath(wanted)) return loadExperiment(wanted).folder;
  return existsSync(wanted) ? wanted : findRun(wanted).folder;
}
