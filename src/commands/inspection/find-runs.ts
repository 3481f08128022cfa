import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { nearestWord } from '../../configuration/nearest-word';
import { isExperimentPath } from '../../experiment/experiment-path';
import { loadExperiment } from '../../experiment/load';
import { planSweep } from '../../experiment/sweep/plan';
import { isSweepPath } from '../../experiment/sweep/sweep-file';
import { shownPath } from '../../files/project-path';
import { RunnerError } from '../../runner/errors';
import { type RunSituation, situationOf } from '../../runner/runs/situation';
import { SLURM_FILE } from '../../runner/slurm/slurm-settings';
import { readRunResults } from '../../study/results';
import type { ComparedResults } from '../../study/settings-comparison';

/** A run folder and what is known of it. */
export interface FoundRun extends RunSituation {
  /** The folder's name. */
  name: string;
  /** Relative to the project folder. */
  folder: string;
  /** When anything of the folder last changed, as far as its own entries tell; milliseconds. */
  changed: number;
}

/** Where runs are looked for. */
const RESULTS = 'results';

/** Every run below `results/`, the one that changed last at the end. */
export function listRuns(root = process.cwd()): FoundRun[] {
  const results = path.join(root, RESULTS);
  if (!existsSync(results)) return [];
  return readdirSync(results, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isRun(path.join(results, entry.name)))
    .map((entry) => foundRun(path.join(results, entry.name), root))
    .sort((a, b) => a.changed - b.changed || (a.name < b.name ? -1 : 1));
}

/**
 * The run that is meant by a folder, a folder's name below `results/`, the beginning or the end of one, or the YAML of
 * the experiment that makes it.
 *
 * @throws RunnerError when there is none, or more than one
 */
export function findRun(wanted: string, root = process.cwd()): FoundRun {
  const place = isExperimentPath(wanted) ? loadExperiment(wanted, { root }).folder : wanted;
  if (isRun(path.resolve(root, place))) return foundRun(path.resolve(root, place), root);
  const runs = listRuns(root);
  const matching = [
    runs.filter(({ name }) => name === wanted),
    runs.filter(({ name }) => name.startsWith(wanted) || name.endsWith(wanted)),
  ].find(({ length }) => length > 0);
  if (matching?.length === 1) return matching[0];
  const names = runs.map(({ name }) => name);
  const near = nearestWord(wanted, names);
  throw matching
    ? new RunnerError(
        `"${wanted}" may be any of ${matching.length} runs: ${matching.map(({ name }) => name).join(', ')}`,
        'Give more of the name.',
      )
    : new RunnerError(
        `there is no run "${wanted}"${near ? `; did you mean ${near}?` : ''}`,
        '`bun run roadseg list` shows the runs.',
      );
}

/** The runs that are meant by names, experiments and sweeps, each once; runs of a sweep that were never made are left out. */
export function runsOf(wanted: readonly string[], root = process.cwd()): FoundRun[] {
  const runs = wanted.flatMap((each) => {
    if (!isExperimentPath(each) || !isSweepPath(each)) return [findRun(each, root)];
    const folders = planSweep(each, { root })
      .runs.filter((run) => run.wanted)
      .map((run) => run.loaded.folder);
    return folders
      .map((folder) => path.resolve(root, folder))
      .flatMap((folder) => (isRun(folder) ? [foundRun(folder, root)] : []));
  });
  return [...new Map(runs.map((run) => [run.folder, run])).values()];
}

/** A run with the scores and epochs that it left. */
export function withResults({ name, folder, state }: FoundRun): ComparedResults {
  return { name, folder, state, results: readRunResults(folder) };
}

/** Folders of all runs that the experiments and sweeps of the project make. */
export function usedFolders(root = process.cwd()): Set<string> {
  const files = readdirSync(path.join(root, 'experiments'), { recursive: true, encoding: 'utf8' })
    .map((file) => path.join('experiments', file))
    .filter((file) => isExperimentPath(file) && file !== SLURM_FILE);
  const folders = files.flatMap((file) => {
    if (isSweepPath(file)) return planSweep(file, { root }).runs.map((run) => run.loaded.folder);
    const { folder, dependencies } = loadExperiment(file, { root });
    return [folder, ...dependencies.map((dependency) => dependency.folder)];
  });
  return new Set(folders);
}

function isRun(folder: string): boolean {
  return existsSync(path.join(folder, 'experiment.yaml')) || existsSync(path.join(folder, 'run.json'));
}

function foundRun(absolute: string, root: string): FoundRun {
  const folder = shownPath(absolute, root);
  const changed = Math.max(...readdirSync(absolute).map((name) => statSync(path.join(absolute, name)).mtimeMs));
  return { name: path.basename(absolute), folder, changed, ...situationOf(absolute) };
}
