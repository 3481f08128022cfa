import path from 'node:path';
import type { DataNeeds } from '../../data/check-dataset';
import { DataError, ModelError, RunError, UserError } from '../../errors';
import type { LoadedExperiment } from '../../experiment/load';
import { withRecordedRoot } from '../../experiment/run-folder';
import type { Experiment } from '../../experiment/schema';
import { isImagenet } from '../../model/weights/imagenet-weights';
import { PROJECT_ROOT } from '../../setup/project.mjs';
import { tensorFlowEnvironment } from '../../tensorflow/environment';
import type { WeightsProblem, WeightsRequest } from './check-weights-process';

/** What the project's notebooks read of the data; of any other notebook nothing is known. */
const READ_BY: Record<string, (experiment: Experiment) => DataNeeds['splits']> = {
  '00-encoder.ipynb': () => ['train', 'validation'],
  '01-preparation.ipynb': () => ['train'],
  '02-model.ipynb': () => [],
  '03-training.ipynb': () => ['train', 'validation'],
  '04-evaluation.ipynb': ({ evaluation }) => ['train', 'validation', evaluation.split],
  '05-comparison.ipynb': () => [],
  '06-small-things.ipynb': () => [],
  'start.ipynb': () => ['train'],
};

/**
 * Looks at runs before any of them starts: whether the data they read is there, and the weights they take fit. Nothing is
 * written. Runs that need nothing more are not among `due`, so what they were made of may be gone.
 *
 * @param due those that are going to run
 * @param plan all of them, with what has finished
 * @throws UserError with everything that would fail
 */
export async function checkPlan(due: readonly LoadedExperiment[], plan: readonly LoadedExperiment[]): Promise<void> {
  const problems: UserError[] = [];
  const attempt = async (check: () => void | Promise<void>) => {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error);
    }
  };
  for (const loaded of due) {
    await attempt(() => checkData(loaded, plan));
    await attempt(() => checkTakenWeights(loaded, plan));
  }
  await attempt(() => requireOneSetOfStreets(due));
  problems.push(...(await weightProblems(due, plan)));
  const unique = [...new Map(problems.map((problem) => [problem.message, problem])).values()];
  if (unique.length === 1) throw unique[0];
  if (unique.length > 1) {
    const list = unique.map(({ problem, remedy }) => `\n  ${problem}\n    → ${remedy}`).join('');
    throw new RunError(`${unique.length} problems, and nothing was started:${list}`, 'Correct them and run again.');
  }
}

async function checkData(loaded: LoadedExperiment, plan: readonly LoadedExperiment[]): Promise<void> {
  // Loaded here: other commands start without what reads data.
  const { checkDataset } = await import('../../data/check-dataset');
  const { notebooks, comparison } = loaded.experiment;
  const names = notebooks.map((notebook) => path.basename(notebook));
  const known = names.filter((name) => Object.hasOwn(READ_BY, name));
  const panels = loaded.experiment.evaluation.panels;
  const shown = typeof panels === 'number' ? [] : panels;
  // A comparison shows scenes of its first run.
  const first = comparison && [comparison.runs[0].run].flat()[0];
  const shownBy = comparison ? plan.find(({ folder }) => folder === first) : loaded;
  if (comparison && shownBy && shown.length > 0) {
    const { data, evaluation } = recorded(shownBy);
    await checkDataset(data, { splits: [], named: { split: evaluation.split, scenes: shown } });
  }
  if (comparison) return;
  const experiment = recorded(loaded);
  const splits = [...new Set(known.flatMap((name) => READ_BY[name](experiment)))];
  const named = known.includes('04-evaluation.ipynb')
    ? { split: experiment.evaluation.split, scenes: shown }
    : undefined;
  // A notebook of one's own may read nothing; a root that is named has to be right all the same.
  if (splits.length > 0 || experiment.data.root !== null) await checkDataset(experiment.data, { splits, named });
}

/** The experiment with the place of its data, where an earlier run has it. */
function recorded({ experiment, folder }: LoadedExperiment): Experiment {
  return withRecordedRoot(experiment, folder);
}

/** Weights of a run that the plan makes, or has made: what its experiment says of them has to fit. */
function checkTakenWeights({ path: file, experiment }: LoadedExperiment, plan: readonly LoadedExperiment[]): void {
  const { width, batchNorm, encoder } = experiment.model;
  if (encoder.weights !== null && isImagenet(encoder.weights) && width !== 1)
    throw new ModelError(
      `${file}: model.width is ${width}, but ${encoder.weights} is of width 1`,
      'set model.width to 1, or take other weights',
    );
  const source = plan.find(({ folder }) => folder === encoder.weights);
  if (!source) return;
  const { model } = source.experiment;
  if (source.experiment.comparison !== null)
    throw new ModelError(`${file}: ${source.path} is a comparison and has no weights`, 'name what it compares');
  if (model.width !== width)
    throw new ModelError(
      `${file}: model.width is ${width}, but ${source.path}, whose weights it takes, is trained at ${model.width}`,
      'give both the same model.width',
    );
  if (model.batchNorm && !(batchNorm && encoder.batchNorm))
    throw new ModelError(
      `${file}: takes the weights of ${source.path} without the batch normalisation that is trained behind them`,
      'set model.batchNorm and model.encoder.batchNorm to true, or train that run with model.batchNorm: false',
    );
}

/** Two sets of generated scenes cannot lie in one folder. */
function requireOneSetOfStreets(due: readonly LoadedExperiment[]): void {
  const sets = new Map<string, { file: string; set: string }>();
  for (const loaded of due) {
    const { source, root, synthetic } = recorded(loaded).data;
    if (loaded.experiment.comparison !== null || source !== 'synthetic' || root === null) continue;
    const set = `seed ${synthetic.seed}, ${synthetic.width}x${synthetic.height}`;
    const earlier = sets.get(path.resolve(root));
    if (earlier && earlier.set !== set)
      throw new DataError(
        `${earlier.file} (${earlier.set}) and ${loaded.path} (${set}) would draw their scenes in ${root}`,
        'leave data.root out; generated scenes then have folders of their own',
      );
    sets.set(path.resolve(root), { file: loaded.path, set });
  }
}

/** Of weights in files, read in a process of its own: TensorFlow is not to stay in this one while notebooks run. */
async function weightProblems(
  due: readonly LoadedExperiment[],
  plan: readonly LoadedExperiment[],
): Promise<UserError[]> {
  const requests = due.flatMap(({ experiment }): WeightsRequest[] => {
    const { width, batchNorm, encoder } = experiment.model;
    const { name, weights, blocks } = encoder;
    if (weights === null || isImagenet(weights) || plan.some(({ folder }) => folder === weights)) return [];
    return [{ encoder: name, weights, blocks, width, batchNorm: batchNorm && encoder.batchNorm }];
  });
  const unique = [...new Map(requests.map((each) => [JSON.stringify(each), each])).values()];
  if (unique.length === 0) return [];
  const script = path.join(PROJECT_ROOT, 'src', 'commands', 'check', 'check-weights-process.ts');
  const child = Bun.spawn([process.execPath, script, JSON.stringify(unique)], {
    env: { ...process.env, ...tensorFlowEnvironment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [answer, log] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0)
    throw new RunError(
      `the weights cannot be looked at:\n${log.trim()}`,
      '`bun run roadseg doctor` says what is missing',
    );
  return (JSON.parse(answer) as WeightsProblem[]).map(({ problem, remedy }) => new ModelError(problem, remedy));
}
