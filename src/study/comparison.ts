import { existsSync } from 'node:fs';
import { canonicalJson } from '../configuration/canonical-json';
import { classSet, classSetOfDataset } from '../data/classes';
import { type ClassSet, classMeaning } from '../data/classes/class-set';
import { openDataset } from '../data/open-dataset';
import { RunError } from '../errors';
import { addedBins, type ConfidenceBin } from '../evaluation/calibration';
import type { ConfusionMatrix } from '../evaluation/confusion-matrix';
import type { MetricName } from '../evaluation/metric';
import type { Metrics } from '../evaluation/metrics';
import { meanMetrics } from '../evaluation/spread';
import { decidingSettings } from '../experiment/identity';
import { dependencyRun, type Run, runCommand } from '../experiment/run-folder';
import { BEST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import type { ModelScores, Table } from '../tables/tables';
import { type EpochRecord, HISTORY_FILE, readHistory } from '../training/history';
import { isOfCheckpoint } from './evaluation-record';
import { settingOfScenes } from './evaluation-setting';
import { meanHistory } from './mean-history';
import type { ComparedEvaluation } from './metrics-files';
import { publishedTable } from './published-scores';
import { type RunEvaluation, recordedEvaluation, storedEvaluation } from './stored-evaluation';
import type { CountedModel } from './verdicts';

/** A finished run of a model. */
export interface ModelRun {
  run: Run;
  seed: number;
  evaluation: RunEvaluation;
  history: EpochRecord[];
  /** Those of the evaluation. */
  metrics: Record<MetricName, Metrics>;
}

/** A model as a comparison shows it: one run, or several that differ in their seed alone. */
export interface ComparedModel {
  label: string;
  /** Whether the encoder started from pre-trained weights. */
  pretrained: boolean;
  /** One per seed. */
  runs: ModelRun[];
  /** Averaged over the runs. */
  history: EpochRecord[];
  /** Averaged over the runs. */
  metrics: Record<MetricName, Metrics>;
}

/** What a comparison is of. */
export interface Comparison {
  /** In words, what was measured on. */
  setting: string;
  /** What the models predict. */
  classSet: ClassSet;
  models: ComparedModel[];
}

/**
 * Reads what the runs of a comparison left in their folders.
 *
 * @throws RunError when one has not been made, its evaluation is missing or of other weights or scenes than those that are
 * there, it was evaluated on something else than the first, or it differs in more than its seed from those it is averaged
 * with
 */
export async function comparedModels({ experiment }: Run): Promise<Comparison> {
  const { runs: entries } = experiment.comparison ?? notAComparison(experiment.name);
  const models: ComparedModel[] = [];
  for (const { label, run: folders } of entries) {
    const runs: ModelRun[] = [];
    for (const folder of [folders].flat()) runs.push(await readRun(folder));
    models.push(comparedModel(label, runs));
  }
  requireSameScenes(models);
  const [{ run }] = models[0].runs;
  const { data } = run.experiment;
  const [setting, ...others] = new Set(models.flatMap(({ runs }) => runs.map(({ evaluation }) => evaluation.setting)));
  return {
    setting: others.length > 0 ? settingOfScenes(setting) : setting,
    classSet: classSetOfDataset(await openDataset(data), data.classes),
    models,
  };
}

/** @throws RunError when runs differ in more than their seed */
function comparedModel(label: string, runs: ModelRun[]): ComparedModel {
  requireSameModel(label, runs);
  return {
    label,
    pretrained: runs[0].run.experiment.model.encoder.weights !== null,
    runs,
    history: meanHistory(runs.map(({ history }) => history)),
    metrics: meanOfRuns(runs),
  };
}

/**
 * A model by the evaluations that lie in the folders of its runs, of the weights that are there; the data is not looked at.
 *
 * @param keptRun where a run without weights may have left its scores
 * @returns the model of those runs that have been made and evaluated as their experiment says, and the others
 * @throws RunError when a run's files are damaged
 */
export function madeModel(
  label: string,
  wanted: readonly Run[],
  keptRun: (run: Run) => Run,
): { model?: ComparedModel; missing: Run[] } {
  const found = wanted.map((run): ModelRun | undefined => {
    const trained = existsSync(run.path(BEST_CHECKPOINT));
    const place = trained ? run : keptRun(run);
    const evaluation = storedEvaluation(place);
    if (!evaluation || (trained && !isOfCheckpoint(evaluation.record, run.path()))) return undefined;
    const { metrics } = evaluation;
    return { run: place, seed: run.experiment.seed, evaluation, history: readHistory(place.path()), metrics };
  });
  const made = found.filter((each) => each !== undefined);
  const missing = wanted.filter((_, index) => !found[index]);
  return { ...(made.length > 0 && { model: comparedModel(label, made) }), missing };
}

/** What each run's scores were made of, to be kept with those of the comparison. */
export function comparedEvaluations(models: readonly ComparedModel[]): ComparedEvaluation[] {
  return models.flatMap(({ runs }) =>
    runs.map(({ run, evaluation }) => ({ run: run.folder, evaluation: evaluation.record })),
  );
}

async function readRun(folder: string): Promise<ModelRun> {
  const run = dependencyRun(folder);
  const evaluation = await recordedEvaluation(run);
  if (!evaluation)
    throw new RunError(
      `${run.folder}: its evaluation is missing, or the weights or scenes have changed since`,
      `evaluate it: ${runCommand(`${run.folder}/experiment.yaml`)}`,
    );
  const history = readHistory(run.path());
  if (history.length === 0)
    throw new RunError(
      `${run.path(HISTORY_FILE)}: is missing, or holds no epochs`,
      `train that run: ${runCommand(`${run.folder}/experiment.yaml`)}`,
    );
  return { run, seed: run.experiment.seed, evaluation, history, metrics: evaluation.metrics };
}

/**
 * Scores can be compared where they are of the same pixels and classes.
 *
 * @param options.seenAlike false for models that each see pictures of their own size
 * @throws RunError that names what differs
 */
export function requireSameScenes(models: readonly ComparedModel[], { seenAlike = true } = {}): void {
  const [first, ...others] = models.flatMap(({ runs }) => runs);
  const problems = others.flatMap((other) => {
    const [expected, found] = [first, other].map((each) => ({ ...measuredOn(each), ...(seenAlike && seenAs(each)) }));
    const differing = Object.keys(expected).find((what) => found[what] !== expected[what]);
    if (!differing) return [];
    return [`${differing} of ${other.run.folder}: ${found[differing]}; of ${first.run.folder}: ${expected[differing]}`];
  });
  if (problems.length > 0)
    throw new RunError(
      `the runs were not evaluated on the same. ${problems.join('. ')}`,
      'compare runs of the same data, split and resolution; run one again with --set evaluation.split=… to evaluate it on another split without training',
    );
}

function measuredOn({ run, evaluation: { record } }: ModelRun): Record<string, string> {
  return {
    split: record.split,
    classes: classMeaning(classSet(run.experiment.data.classes)),
    scenes: `${record.scenes}, fingerprint ${record.data}`,
  };
}

function seenAs({ evaluation: { setting, record } }: ModelRun): Record<string, string> {
  return { resolution: record.resolution, setting: settingOfScenes(setting) };
}

/** What a run of a model is called: by its seed, too, where the model has several. */
export function runLabel({ label, runs }: ComparedModel, { seed }: ModelRun): string {
  return runs.length > 1 ? `${label}, seed ${seed}` : label;
}

/** Only what differs in nothing but chance may be averaged. */
function requireSameModel(label: string, [first, ...others]: readonly ModelRun[]): void {
  const settings = ({ run: { experiment } }: ModelRun) => {
    const { seed: _seed, ...rest } = decidingSettings(experiment);
    return canonicalJson(rest);
  };
  const other = others.find((each) => settings(each) !== settings(first));
  if (other)
    throw new RunError(
      `${label}: ${other.run.folder} differs in more than its seed from ${first.run.folder}`,
      'give it a label of its own under comparison.runs',
    );
}

/** A model's scores for the tables: each seed's, too, where there are several. */
export function modelScores({ label, runs, metrics }: ComparedModel): ModelScores {
  const seeds = runs.map((each) => ({ seed: each.seed, metrics: Object.values(each.metrics) }));
  return { model: label, metrics: Object.values(metrics), ...(seeds.length > 1 && { seeds }) };
}

/** Scores of one metric of a model, for the figures. */
export function modelMetrics({ label, pretrained, runs, metrics }: ComparedModel, metric: MetricName) {
  return { label, pretrained, metrics: metrics[metric], seeds: runs.map((each) => each.metrics[metric]) };
}

/** The validation loss of a model, for the figures. */
export function lossCurve({ label, pretrained, runs, history }: ComparedModel) {
  const { loss, own } = runs[0].run.experiment.training;
  return { label, pretrained, loss: canonicalJson([loss, own]), history, seeds: runs.map((each) => each.history) };
}

/** The pixels of all runs of a model in one matrix. */
export function modelConfusionMatrix({ runs }: ComparedModel, metric: MetricName): ConfusionMatrix {
  const matrices = runs.map(({ evaluation }) => evaluation.matrices[metric]);
  const counts = matrices[0].counts.map((_, cell) => matrices.reduce((sum, each) => sum + each.counts[cell], 0));
  return { ...matrices[0], counts };
}

/** The counts of each scene by a model's runs, for verdicts. */
export function modelCounts({ label, runs }: ComparedModel): CountedModel {
  return { label, seeds: runs.map(({ evaluation }) => evaluation.sceneCounts) };
}

/** The small things in each scene by a model's runs, for the figures, and which classes its experiment says are things. */
export function modelThings({ label, pretrained, runs }: ComparedModel) {
  const { classes } = classSet(runs[0].run.experiment.data.classes);
  const wanted = classes.filter(({ things }) => things).map(({ name }) => name);
  return { label, pretrained, wanted, seeds: runs.map(({ evaluation }) => evaluation.smallThings) };
}

/** Models among published scores of the metric of their classes; undefined where they were not evaluated as those. */
export function publishedBeside(models: readonly ComparedModel[]): Table | undefined {
  const [metric] = Object.keys(models[0].metrics);
  const scored = models.map(({ label, runs }) => ({
    label,
    meanIou: runs.map(({ metrics }) => metrics[metric].meanIou),
    evaluation: runs[0].evaluation.record,
  }));
  return publishedTable(metric, scored);
}

/** How often a model's runs are right when they are so sure, for the figures; undefined where that was not evaluated. */
export function modelCalibration({ label, pretrained, runs }: ComparedModel) {
  const bins = runs.map(({ evaluation }) => evaluation.calibration);
  if (!bins.every((each) => each !== undefined)) return undefined;
  return { label, pretrained, bins: bins.reduce<ConfidenceBin[] | undefined>(addedBins, undefined)! };
}

function meanOfRuns(runs: readonly Pick<ModelRun, 'metrics'>[]): Record<MetricName, Metrics> {
  const names = Object.keys(runs[0].metrics);
  return Object.fromEntries(names.map((name) => [name, meanMetrics(runs.map(({ metrics }) => metrics[name]))]));
}

function notAComparison(name: string): never {
  throw new RunError(`experiment "${name}" names no runs to compare`, 'list them under comparison.runs');
}
