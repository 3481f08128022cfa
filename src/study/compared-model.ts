import { canonicalJson } from '../configuration/canonical-json';
import { classSet } from '../data/classes';
import { classMeaning } from '../data/classes/class-set';
import { RunError } from '../errors';
import { addedBins, type ConfidenceBin } from '../evaluation/calibration';
import type { ConfusionMatrix } from '../evaluation/confusion-matrix';
import type { MetricName } from '../evaluation/metric';
import type { Metrics } from '../evaluation/metrics';
import { meanMetrics } from '../evaluation/spread';
import { decidingSettings } from '../experiment/identity';
import type { Run } from '../experiment/run-folder';
import type { Experiment } from '../experiment/schema';
import type { ModelScores, Table } from '../tables/tables';
import { type EpochRecord, readHistory } from '../training/history';
import { settingOfScenes } from './evaluation-setting';
import { meanHistory } from './mean-history';
import { publishedTable } from './published-scores';
import { type RunEvaluation, storedEvaluation } from './stored-evaluation';
import type { CountedModel } from './verdicts';

/** A finished run of a model. */
export interface ModelRun {
  run: Run;
  seed: number;
  evaluation: RunEvaluation;
  history: EpochRecord[];
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

/**
 * A run by the evaluation that lies in its folder, if one does, whatever weights and scenes are there now.
 *
 * @param folder the evaluation's, below the run's; the one that its experiment asks for by default
 * @throws RunError when its files are damaged
 */
export function storedModelRun(run: Run, folder?: string): ModelRun | undefined {
  const evaluation = storedEvaluation(run, folder);
  return evaluation && modelRun(run, evaluation);
}

/** A run by its evaluation and the epochs in its folder. */
export function modelRun(run: Run, evaluation: RunEvaluation): ModelRun {
  return { run, seed: run.experiment.seed, evaluation, history: readHistory(run.path()) };
}

/** @throws RunError when runs differ in more than their seed */
export function comparedModel(label: string, runs: ModelRun[]): ComparedModel {
  requireSameModel(label, runs);
  return {
    label,
    pretrained: isPretrained(runs[0].run.experiment.model),
    runs,
    history: meanHistory(runs.map(({ history }) => history)),
    metrics: meanOfRuns(runs),
  };
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

function meanOfRuns(runs: readonly ModelRun[]): Record<MetricName, Metrics> {
  const metrics = runs.map(({ evaluation }) => evaluation.metrics);
  return Object.fromEntries(
    Object.keys(metrics[0]).map((name) => [name, meanMetrics(metrics.map((each) => each[name]))]),
  );
}

/**
 * Scores can be compared where they are of the same pixels and classes.
 *
 * @param options.seenAlike false for models that each see pictures of their own size
 * @returns of each run that was evaluated on something else than the first, what differs
 */
export function differentScenes(models: readonly ComparedModel[], { seenAlike = true } = {}): string[] {
  const [first, ...others] = models.flatMap(({ runs }) => runs);
  return others.flatMap((other) => {
    const [expected, found] = [first, other].map((each) => ({ ...measuredOn(each), ...(seenAlike && seenAs(each)) }));
    const differing = Object.keys(expected).find((what) => found[what] !== expected[what]);
    if (!differing) return [];
    return [`${differing} of ${other.run.folder}: ${found[differing]}; of ${first.run.folder}: ${expected[differing]}`];
  });
}

/** @throws RunError that names what differs, as {@link differentScenes} does */
export function requireSameScenes(models: readonly ComparedModel[], options?: { seenAlike?: boolean }): void {
  const problems = differentScenes(models, options);
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
    resolution: record.resolution,
    scenes: `${record.scenes}, fingerprint ${record.data}`,
  };
}

function seenAs({ evaluation: { setting } }: ModelRun): Record<string, string> {
  return { setting: settingOfScenes(setting) };
}

/** What a run of a model is called: by its seed, too, where the model has several. */
export function runLabel({ label, runs }: ComparedModel, { seed }: ModelRun): string {
  return runs.length > 1 ? `${label}, seed ${seed}` : label;
}

/** A model's scores for the tables: each seed's, too, where there are several. */
export function modelScores({ label, runs, metrics }: ComparedModel): ModelScores {
  const seeds = runs.map(({ seed, evaluation }) => ({ seed, metrics: Object.values(evaluation.metrics) }));
  const instances = runs.flatMap(({ evaluation }) => evaluation.instanceIou ?? []);
  return {
    model: label,
    metrics: Object.values(metrics),
    ...(seeds.length > 1 && { seeds }),
    ...(instances.length === runs.length && { instances }),
  };
}

/** Scores of one metric of a model, for the figures. */
export function modelMetrics({ label, pretrained, runs, metrics }: ComparedModel, metric: MetricName) {
  return {
    label,
    pretrained,
    metrics: metrics[metric],
    seeds: runs.map(({ evaluation }) => evaluation.metrics[metric]),
  };
}

/** The validation loss of a model, for the figures. */
export function lossCurve({ label, runs, history }: ComparedModel) {
  return { ...curveOf(label, runs[0].run.experiment, history), seeds: runs.map((each) => each.history) };
}

/** The validation loss of one run, for the figures. */
export function curveOf(label: string, { model, training }: Experiment, history: readonly EpochRecord[]) {
  return { label, pretrained: isPretrained(model), loss: canonicalJson([training.loss, training.own]), history };
}

function isPretrained({ encoder }: Experiment['model']): boolean {
  return encoder.weights !== null;
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

/** Models among published scores of the metric of the first one's classes; undefined where none was evaluated as those. */
export function publishedBeside(models: readonly ComparedModel[]): Table | undefined {
  if (models.length === 0) return undefined;
  const [metric] = Object.keys(models[0].metrics);
  const scored = models
    .filter(({ metrics }) => metric in metrics)
    .map(({ label, runs }) => ({
      label,
      meanIou: runs.map(({ evaluation }) => evaluation.metrics[metric].meanIou),
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
