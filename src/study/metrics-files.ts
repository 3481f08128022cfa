import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { RunError } from '../errors';
import type { ConfidenceBin } from '../evaluation/calibration';
import type { ConfusionMatrix } from '../evaluation/confusion-matrix';
import type { InstanceScores } from '../evaluation/instance-iou';
import { type MetricName, metricNote } from '../evaluation/metric';
import { iouOf } from '../evaluation/metrics';
import { writeFile } from '../files/write-file';
import {
  comparisonTable,
  groupNames,
  hasSeeds,
  iouTables,
  type ModelScores,
  metricNames,
  toCsv,
  toMarkdown,
} from '../tables/tables';
import { type EvaluationRecord, evaluationRecordSchema } from './evaluation-record';

/** The scores of one or more models, and what they were measured on. */
export interface MetricsReport {
  /** Such as "Cityscapes, validation split, 500 scenes, centre square resized to 256x256". */
  setting: string;
  models: readonly ModelScores[];
  /** Of a run: what its scores were made of. */
  evaluation?: EvaluationRecord;
  /** Of a run that was asked for it (`evaluation.calibration`). */
  calibration?: { /** 0 to 1. */ expectedCalibrationError: number; bins: readonly ConfidenceBin[] };
  /** Of a run whose data set tells things apart. */
  instanceIou?: InstanceScores;
  /** Of a comparison: the runs, and what their scores were made of. */
  compared?: readonly ComparedEvaluation[];
}

export interface ComparedEvaluation {
  /** The run's folder. */
  run: string;
  evaluation: EvaluationRecord;
}

/** JSON has no word for NaN, which is stored as null. */
const score = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const metrics = z.array(
  z.preprocess(
    withMetric,
    z.object({
      metric: z.string(),
      pixelAccuracy: score,
      meanClassAccuracy: score,
      meanIou: score,
      groups: z.array(z.object({ group: z.string(), iou: score, accuracy: score, pixels: z.number() })),
    }),
  ),
);
const scores = z.record(z.string(), score);
const seeds = z.array(z.object({ seed: z.number(), metrics }));
const models = z.array(z.object({ model: z.string(), metrics, seeds: seeds.optional() }));
const metricsReport = z.object({
  setting: z.string(),
  models,
  evaluation: evaluationRecordSchema.optional(),
  calibration: z
    .object({
      expectedCalibrationError: z.number(),
      bins: z.array(z.object({ pixels: z.number(), right: z.number(), confidence: z.number() })),
    })
    .optional(),
  instanceIou: z
    .object({ labels: scores.optional(), meanOfLabels: score.optional(), groups: scores, meanOfGroups: score })
    .optional(),
  compared: z.array(z.object({ run: z.string(), evaluation: evaluationRecordSchema })).optional(),
});

/** Files were once written with `convention` in the place of `metric`. */
function withMetric(value: unknown): unknown {
  const { convention, ...rest } = (value ?? {}) as { convention?: unknown };
  return convention === undefined ? value : { metric: convention, ...rest };
}

/** Writes `metrics.csv`, `metrics.md` and, last, `metrics.json` into a folder, each whole or not at all. */
export function writeMetricsFiles(folder: string, report: MetricsReport): void {
  writeFile(path.join(folder, 'metrics.csv'), metricsCsv(report));
  writeFile(path.join(folder, 'metrics.md'), metricsMarkdown(report));
  writeFile(path.join(folder, 'metrics.json'), metricsJson(report));
}

/**
 * Reads back what {@link writeMetricsFiles} wrote.
 *
 * @throws RunError when the file is missing or is not a metrics file
 */
export function readMetricsFile(folder: string): MetricsReport {
  const file = path.join(folder, 'metrics.json');
  try {
    return metricsReport.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const problem = missing ? 'there is none' : `it is not a metrics file (${reasonOf(cause)})`;
    throw new RunError(`${file}: expected the metrics of a run, but ${problem}`, 'run the evaluation notebook again', {
      cause,
    });
  }
}

/** The models' scores in a `metrics.json`; undefined in one that no evaluation of this project wrote. */
export function storedModels(content: unknown): ModelScores[] | undefined {
  return z.object({ models }).safeParse(content).data?.models;
}

/** Full precision; NaN, which JSON has no word for, is null. */
export function metricsJson(report: MetricsReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/**
 * One row for each model and metric, full precision; an absent group's IoU is empty. Where a model has several seeds,
 * one row for each of them.
 */
export function metricsCsv({ models }: MetricsReport): string {
  const groups = groupNames(models);
  const number = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? '' : String(value));
  return toCsv({
    header: [
      'model',
      ...(hasSeeds(models) ? ['seed'] : []),
      'metric',
      'pixel_accuracy',
      'mean_class_accuracy',
      'mean_iou',
      ...groups.map((group) => `iou_${group}`),
    ],
    rows: models.flatMap(({ model, metrics, seeds = [{ seed: undefined, metrics }] }) =>
      seeds.flatMap(({ seed, metrics: scores }) =>
        scores.map((entry) => [
          model,
          ...(hasSeeds(models) ? [number(seed)] : []),
          entry.metric,
          number(entry.pixelAccuracy),
          number(entry.meanClassAccuracy),
          number(entry.meanIou),
          ...groups.map((group) => number(iouOf(entry, group))),
        ]),
      ),
    ),
  });
}

/** Name of the file of a run folder that {@link confusionMatrixCsv} fills. */
export function confusionMatrixFile(metric: MetricName): string {
  return `confusion-matrix-${metric}.csv`;
}

/** Pixel counts: one row a true class, one column a predicted class. */
export function confusionMatrixCsv({ classes, counts }: ConfusionMatrix): string {
  const row = (index: number) => Array.from(counts.slice(index * classes.length, (index + 1) * classes.length), String);
  return toCsv({ header: ['truth', ...classes], rows: classes.map((name, index) => [name, ...row(index)]) });
}

/** The comparison and the groups' IoU as tables, with what was measured and how. */
export function metricsMarkdown({ setting, models, instanceIou }: MetricsReport): string {
  const notes = metricNames(models).map((name) => `- \`${name}\`: ${metricNote(name)}.`);
  if (hasSeeds(models)) notes.unshift('- Scores are mean ± sample standard deviation over the seeds.');
  const scored = instanceIou ? [{ ...models[0], instances: [instanceIou] }] : models;
  return [
    '# Metrics\n',
    `${setting}.\n`,
    toMarkdown(comparisonTable(models)),
    ...iouTables(scored).flatMap(({ title, table }) => [`## ${title}\n`, toMarkdown(table)]),
    `${notes.join('\n')}\n`,
  ].join('\n');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  const [{ path: place, message }] = error.issues;
  return [place.join('.'), message].filter((part) => part !== '').join(': ');
}
