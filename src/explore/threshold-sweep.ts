import { classSet } from '../data/classes';
import { IGNORED } from '../data/classes/class-set';
import { openDataset, sceneSource } from '../data/open-dataset';
import { DISPLAY, type MimeBundle } from '../display';
import { openExperiment } from '../experiment/run-folder';
import { type ThresholdScore, thresholdFigure } from '../report/figures/threshold';
import { stillFigure } from '../report/notebook/notebook-figure';
import { ProgressLine } from '../report/notebook/progress-line';
import type { SplitName } from '../splits';
import { classIndex, trainedSegmenter } from './shown-prediction';

/** Shown as precision, recall and IoU over the threshold. */
export class ThresholdSweep {
  constructor(
    readonly name: string,
    readonly scores: readonly ThresholdScore[],
    private readonly setting: string,
  ) {}

  /** The threshold of the highest IoU, with its scores. */
  get best(): ThresholdScore {
    return this.scores.reduce((best, each) => (each.iou > best.iou ? each : best));
  }

  [DISPLAY](): Promise<MimeBundle> {
    return stillFigure(thresholdFigure(this.name, this.scores, { subtitle: this.setting }));
  }
}

const STEPS = 50;

/**
 * Scores one class at thresholds from 0.02 to 0.98: a pixel is taken for it where its probability is at least that.
 *
 * @param experiment the path of its YAML, or a run's folder
 * @param options at most so many scenes of a split
 * @throws RunError for an experiment that is not trained, ModelError for a class that its model has not
 */
export async function sweepThreshold(
  experiment: string,
  name: string,
  { split = 'validation', scenes = 32 }: { split?: SplitName; scenes?: number } = {},
): Promise<ThresholdSweep> {
  const { data } = openExperiment(experiment).experiment;
  const dataset = await openDataset(data);
  const source = sceneSource(dataset, data, split);
  const { segmenter, dispose } = trainedSegmenter(experiment);
  const { classOfLabelId, classes } = classSet(data.classes);
  const count = Math.min(scenes, source.length);
  /** Pixels by the highest threshold that they reach: those of the class, and others. */
  const [own, other] = [new Float64Array(STEPS), new Float64Array(STEPS)];
  try {
    const wanted = classIndex(name, segmenter.classSet);
    const progress = new ProgressLine('predicting');
    for (let index = 0; index < count; index += 1) {
      const { image: pixels, width, labelIds } = await source.read(index);
      const probabilities = await segmenter.probabilities({ width, height: labelIds.length / width, pixels });
      for (const [pixel, labelId] of labelIds.entries()) {
        const truth = classOfLabelId[labelId];
        if (truth === IGNORED) continue;
        const step = Math.min(STEPS - 1, Math.floor(probabilities[pixel * classes.length + wanted] * STEPS + 1e-6));
        (truth === wanted ? own : other)[step] += 1;
      }
      progress.update(index + 1, count);
    }
  } finally {
    dispose();
  }
  return new ThresholdSweep(name, thresholdScores(own, other), `${dataset.title}, ${count} scenes of ${split}`);
}

/**
 * @param own pixels of the class by the highest threshold that they reach, in steps from 0
 * @param other those of other classes
 */
export function thresholdScores(own: Float64Array, other: Float64Array): ThresholdScore[] {
  const sumFrom = (counts: Float64Array, step: number) => counts.subarray(step).reduce((sum, each) => sum + each, 0);
  const all = sumFrom(own, 0);
  return Array.from({ length: own.length - 1 }, (_, index) => {
    const [right, wrong] = [own, other].map((counts) => sumFrom(counts, index + 1));
    return {
      threshold: (index + 1) / own.length,
      precision: right / (right + wrong),
      recall: right / all,
      iou: right / (all + wrong),
    };
  });
}
