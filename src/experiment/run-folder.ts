import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson } from '../configuration/canonical-json';
import { withCurrentKeys } from '../configuration/renamed-keys';
import { plainValue } from '../configuration/sourced';
import { parseYaml } from '../configuration/yaml-source';
import { RunError, UserError } from '../errors';
import { evaluationOptions } from '../evaluation/evaluation-options';
import type { WindowOptions } from '../evaluation/sliding-windows';
import { shownPath } from '../files/project-path';
import { writeFile } from '../files/write-file';
import { BEST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { type Execution, executionSchema } from '../tensorflow/execution';
import { experimentYaml } from './describe';
import { EXPERIMENT_FORMAT } from './experiment-format';
import { isExperimentPath } from './experiment-path';
import { folderHash } from './identity';
import { type Dependency, type LoadedExperiment, type LoadOptions, loadExperiment } from './load';
import { type Experiment, experimentSchema } from './schema';

/** An experiment and the folder that holds everything it made. */
export interface Run {
  experiment: Experiment;
  /** Relative to the project folder, with slashes. */
  folder: string;
  /** A path in the folder, relative to the working directory; nothing is made there. */
  path(...segments: string[]): string;
  /** Writes a file of the folder whole or not at all; returns its path. */
  write(name: string, content: string | Uint8Array): string;
  /** As `write`, for a value that JSON can hold. */
  writeJson(name: string, value: unknown): string;
}

/**
 * The first line of every notebook: loads the experiment, makes its run folder and writes the resolved `experiment.yaml`
 * there, unless the same one is there already.
 *
 * @throws ConfigurationError when the experiment is wrong
 */
export function openRun(experimentPath: string, options: LoadOptions = {}): Run {
  return openLoadedRun(loadExperiment(experimentPath, options), options.root);
}

/**
 * As {@link openRun}, for an experiment that has been loaded already. Where the data lies is no part of what it is: if
 * `data.root` is not given, the run keeps the one it was made with.
 */
export function openLoadedRun({ experiment: given, folder }: LoadedExperiment, root = process.cwd()): Run {
  const experiment = withRecordedRoot(given, folder, root);
  const run = loadedRun({ experiment, folder }, root);
  if (!madeBy(experiment, folder, root)) {
    const header = [
      '# The resolved experiment: every value, defaults included. Run it again with',
      `#   ${runCommand(`${folder}/experiment.yaml`)}`,
    ];
    run.write('experiment.yaml', `${header.join('\n')}\n\n${experimentYaml(experiment)}`);
  }
  return run;
}

/**
 * An experiment's run as it is, by the path of its YAML or by its folder; nothing is written.
 *
 * @throws RunError for a folder without a run, ConfigurationError for a wrong experiment
 */
export function openExperiment(experiment: string): Run {
  if (!isExperimentPath(experiment)) return dependencyRun(experiment);
  const loaded = loadExperiment(experiment);
  return loadedRun({ ...loaded, experiment: withRecordedRoot(loaded.experiment, loaded.folder) });
}

/**
 * Another run, which this one is built on or compared with.
 *
 * @param folder its run folder, as the resolved experiment names it
 * @throws RunError naming the command that makes it when it is not there
 */
export function dependencyRun(folder: string, { root = process.cwd() }: { root?: string } = {}): Run {
  const resolved = path.resolve(root, folder, 'experiment.yaml');
  if (!existsSync(resolved)) {
    const maker = makerOf(folder, root);
    throw new RunError(
      `${shownPath(resolved, root)} is missing: that run has not been made.`,
      maker
        ? `Make it first: ${runCommand(maker)}`
        : `Run the experiment whose results go to ${folder}: ${runCommand('experiments/<name>.yaml')}`,
    );
  }
  return loadedRun({ ...loadExperiment(resolved, { root }), folder: shownPath(folder, root) }, root);
}

/** The command line that runs an experiment. */
export function runCommand(experimentPath: string): string {
  return `bun run roadseg run ${experimentPath}`;
}

/** The run of an experiment, whose folder need not be there; nothing is written. */
export function loadedRun(
  { experiment, folder }: Pick<LoadedExperiment, 'experiment' | 'folder'>,
  root = process.cwd(),
): Run {
  const pathOf = (...segments: string[]) =>
    path.relative(process.cwd(), path.resolve(root, folder, ...segments)) || '.';
  const write = (name: string, content: string | Uint8Array): string => {
    writeFile(pathOf(name), content);
    return pathOf(name);
  };
  return {
    experiment,
    folder,
    path: pathOf,
    write,
    writeJson: (name, value) => write(name, `${JSON.stringify(value, null, 2)}\n`),
  };
}

/** The experiment with the `data.root` of its run folder, where it names none and is of the same training. */
export function withRecordedRoot(experiment: Experiment, folder: string, root = process.cwd()): Experiment {
  if (experiment.data.root !== null) return experiment;
  const recorded = experimentSchema.safeParse(recordedExperiment(folder, root)).data;
  if (!recorded || folderHash(recorded) !== folderHash(experiment)) return experiment;
  return { ...experiment, data: { ...experiment.data, root: recorded.data.root } };
}

/** What the text of a run's `experiment.yaml` says, unchecked, under the keys of today. */
export function recordedValues(text: string): unknown {
  return plainValue(withCurrentKeys(parseYaml(text, 'experiment.yaml'), EXPERIMENT_FORMAT));
}

/** What `experiment.yaml` of a run folder says, unchecked; undefined when it is missing or broken. */
export function recordedExperiment(folder: string, root = process.cwd()): Partial<Experiment> | undefined {
  try {
    return recordedValues(readFileSync(path.resolve(root, folder, 'experiment.yaml'), 'utf8')) as Partial<Experiment>;
  } catch {
    return undefined;
  }
}

const BEGINNING = 'from-the-beginning';

/** Notes in a run folder that its training is not to go on from another run that has done its first epochs. */
export function fromTheBeginning(run: Run): void {
  run.write(BEGINNING, 'This run was started with --fresh: its training takes over no epochs of other runs.\n');
}

/** Whether {@link fromTheBeginning} was said of a run. */
export function isFromTheBeginning(run: Run): boolean {
  return existsSync(run.path(BEGINNING));
}

/**
 * How a run computes, by the resolved experiment in its folder, so that predictions are those of its evaluation.
 *
 * @param folder a run's, or that of one of its checkpoints; of a model without an experiment, the defaults
 */
export function recordedExecution(folder: string): Execution {
  const recorded = recordedExperiment(folder) ?? recordedExperiment(path.join(folder, '../..'));
  return executionSchema.parse(recorded?.execution ?? {});
}

/**
 * How a run looks at whole pictures, by the resolved experiment in its folder, so that a prediction is what was evaluated.
 *
 * @param folder a run's, or that of one of its checkpoints. @returns the default where squares were evaluated, or there is
 * no experiment
 */
export function recordedWindow(folder: string): WindowOptions {
  const { resolution, window } = recordedExperiment(runFolderOf(folder))?.evaluation ?? {};
  return evaluationOptions.shape.window.parse(resolution === 'original' ? window : undefined);
}

/** @param folder a run's, or that of one of its checkpoints. @returns the run's; of a model that is in no run, its own */
export function runFolderOf(folder: string): string {
  const inRun = path.basename(path.resolve(folder, '..')) === path.dirname(BEST_CHECKPOINT);
  return inRun ? path.join(folder, '../..') : folder;
}

/** Whether the run folder was made by this very experiment, whatever the comments in its `experiment.yaml`. */
function madeBy(experiment: Experiment, folder: string, root: string): boolean {
  const recorded = recordedExperiment(folder, root);
  return recorded !== undefined && canonicalJson(recorded) === canonicalJson(experiment);
}

/** The experiment below `experiments/` whose results go to `folder`, or a run with a seed that one of them needs. */
function makerOf(folder: string, root: string): string | undefined {
  const experiments = path.join(root, 'experiments');
  if (!existsSync(experiments)) return undefined;
  const made = readdirSync(experiments, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => shownPath(path.join(experiments, file), root))
    .sort()
    .flatMap((file): Dependency[] => {
      try {
        const loaded = loadExperiment(file, { root });
        return [{ path: file, set: [], folder: loaded.folder }, ...loaded.dependencies];
      } catch (error) {
        if (error instanceof UserError) return []; // broken experiments make no folder
        throw error;
      }
    })
    .filter((each) => each.folder === shownPath(folder, root));
  // A file of its own rather than what another file needs.
  const maker = made.find(({ set }) => set.length === 0) ?? made[0];
  return maker && [maker.path, ...maker.set.map((override) => `--set ${override}`)].join(' ');
}
