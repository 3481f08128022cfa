import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupIndexByLabelId } from '../data/labels';
import { openDataset, sceneSource } from '../data/open-dataset';
import { pickSamples } from '../data/sample-source';
import { RunError } from '../errors';
import { CONVENTIONS, type Convention } from '../evaluation/confusion-matrix';
import { evaluate, tellingScenes } from '../evaluation/evaluate';
import type { Metrics } from '../evaluation/metrics';
import { predictions } from '../evaluation/predict';
import { dependencyRun, type Run } from '../experiment/run-folder';
import { loadCheckpoint } from '../training/checkpoint';
import { type EpochRecord, HISTORY_FILE, parseHistory } from '../training/history';
import { readMetricsFile } from './metrics-files';
import { panelSheet } from './panel';

/** A finished run as a comparison shows it. */
export interface ComparedRun {
  label: string;
  folder: string;
  /** Whether the encoder started from pre-trained weights. */
  pretrained: boolean;
  history: EpochRecord[];
  metrics: Record<Convention, Metrics>;
  run: Run;
}

/**
 * Reads what the runs of a comparison left in their folders.
 *
 * @throws RunError when one has not been made, or was judged on something else than the first
 */
export function comparedRuns({ experiment }: Run): { setting: string; runs: ComparedRun[] } {
  const { runs: entries } = experiment.comparison ?? notAComparison(experiment.name);
  const read = entries.map(({ label, run: folder }) => {
    const run = dependencyRun(folder);
    const { setting, models } = readMetricsFile(run.path());
    const metrics = Object.fromEntries(models[0].metrics.map((entry) => [entry.convention, entry]));
    const history = parseHistory(readFileSync(run.path(HISTORY_FILE), 'utf8'), run.path(HISTORY_FILE));
    const pretrained = run.experiment.model.encoder.weights !== null;
    return { setting, label, folder, pretrained, history, metrics: metrics as ComparedRun['metrics'], run };
  });
  const [{ setting }] = read;
  const other = read.find((entry) => entry.setting !== setting);
  if (other)
    throw new RunError(
      `${other.label} was judged on "${other.setting}", ${read[0].label} on "${setting}"`,
      'compare runs of the same data, split and size',
    );
  return { setting, runs: read.map(({ setting: _, ...run }) => run) };
}

/** One sentence a convention: by how much each run's mean IoU is above or below that of the first. */
export function margins(runs: readonly Pick<ComparedRun, 'label' | 'metrics'>[]): string[] {
  const [first, ...others] = runs;
  return others.flatMap(({ label, metrics }) =>
    CONVENTIONS.map((convention) => {
      const [theirs, ours] = [first.metrics[convention].meanIou, metrics[convention].meanIou];
      const points = (ours - theirs) * 100;
      const direction = points >= 0 ? 'above' : 'below';
      const values = `${ours.toFixed(3)} against ${theirs.toFixed(3)}`;
      return `${convention}: mean IoU of ${label} is ${Math.abs(points).toFixed(1)} points ${direction} ${first.label} (${values})`;
    }),
  );
}

/** The resolved experiment of a run, as YAML. */
export function configurationOf(folder: string): string {
  return readFileSync(join(folder, 'experiment.yaml'), 'utf8');
}

/** @returns a PNG: the scenes that tell most of the first run, or the named ones, with every run's prediction and errors */
export async function comparisonPanels(
  runs: readonly ComparedRun[],
  wanted: number | readonly string[],
): Promise<Buffer> {
  const { data, evaluation } = runs[0].run.experiment;
  const source = sceneSource(await openDataset(data), data, evaluation.split);
  const models = runs.map(({ run }) => loadCheckpoint(run.path()));
  const { scenes } = await evaluate(models[0].model, source, models[0].metadata);
  const chosen = pickSamples(source, tellingScenes(scenes, wanted));
  const predicted: Uint8Array[][] = Array.from({ length: chosen.length }, () => []);
  for (const { model, metadata } of models) {
    let scene = 0;
    for await (const { predictedGroups } of predictions(model, chosen, metadata)) {
      predicted[scene].push(predictedGroups);
      scene += 1;
    }
    model.dispose();
  }
  const groupOf = groupIndexByLabelId();
  const rows = predicted.map(async (groups, index) => {
    const { name, image, labelIds } = await chosen.read(index);
    const truth = labelIds.map((labelId) => groupOf[labelId]);
    return { name, image, truth, width: data.size, height: data.size, predictions: groups };
  });
  return panelSheet(
    await Promise.all(rows),
    runs.map(({ label }) => label),
  );
}

function notAComparison(name: string): never {
  throw new RunError(`experiment "${name}" names no runs to compare`, 'list them under comparison.runs');
}
