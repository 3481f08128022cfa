import { classSet } from '../../../src/data/classes';
import type { ConfidenceBin } from '../../../src/evaluation/calibration';
import type { ConfusionMatrix } from '../../../src/evaluation/confusion-matrix';
import { metrics } from '../../../src/evaluation/metrics';
import type { SceneCounts } from '../../../src/evaluation/scene-counts';
import type { SmallThings } from '../../../src/evaluation/small-things';
import { meanMetrics } from '../../../src/evaluation/spread';
import { GROUP_NAMES } from '../../../src/labels';
import { classDistributionFigure } from '../../../src/report/figures/class-distribution';
import { confusionMatrixFigure } from '../../../src/report/figures/confusion-matrix';
import { counterfactualRecallFigure } from '../../../src/report/figures/counterfactual-recall';
import { groupIouFigure } from '../../../src/report/figures/group-iou';
import { learningRateFigure } from '../../../src/report/figures/learning-rate';
import { recallByHeightFigure } from '../../../src/report/figures/recall-by-height';
import { reliabilityFigure } from '../../../src/report/figures/reliability';
import { scoreBySettingFigure } from '../../../src/report/figures/score-by-setting';
import { thresholdFigure } from '../../../src/report/figures/threshold';
import { validationLossFigure } from '../../../src/report/figures/validation-loss';
import type { ReportContent } from '../../../src/report/page/report-page';
import { meanHistory } from '../../../src/study/mean-history';
import { pairVerdicts } from '../../../src/study/verdicts';
import type { EpochRecord } from '../../../src/training/history';
import { trainingOptionsSchema } from '../../../src/training/training-options';

/** A report of two models with every kind of content: one with two seeds, one with a single run. */

/** So many of ten pixels of each group are right, the others taken for the next group. */
export function matrixOf(right: number): ConfusionMatrix {
  const size = GROUP_NAMES.length;
  const counts = new Float64Array(size * size);
  GROUP_NAMES.forEach((_, group) => {
    counts[group * size + group] = right;
    counts[group * size + ((group + 1) % size)] = 10 - right;
  });
  return { metric: 'groups-8', classes: GROUP_NAMES, counts };
}

export function historyOf(...losses: number[]): EpochRecord[] {
  return losses.map((validationLoss, index) => ({
    epoch: index + 1,
    learningRate: 0.001 * 0.95 ** index,
    trainingLoss: validationLoss / 2,
    validationLoss,
    validationAccuracy: 0.8,
    seconds: 1,
    best: true,
  }));
}

const seedHistories = [historyOf(0.9, 0.5, 0.45), historyOf(0.8, 0.6, 0.4)];
const seedMetrics = [matrixOf(5), matrixOf(7)].map(metrics);
const base = { label: 'Base', pretrained: false };
const pretrained = { label: 'Pre-trained', pretrained: true };

/** Six people of each height from 1 to 64 pixels, of whom more is found the higher they are. */
function thingsOf(atMost: number): SmallThings {
  const things = [1, 2, 4, 8, 16, 32, 64].flatMap((height) =>
    Array.from({ length: 6 }, () => {
      const area = height * 10;
      return {
        class: 0,
        area,
        found: Math.round(area * atMost * (1 - 1 / (height + 1))),
        beside: 0,
        height,
        width: 10,
      };
    }),
  );
  const trimap = { right: [0], pixels: [0] };
  return { classes: ['human'], scenes: [{ name: 'a', width: 64, height: 64, things, trimap, boundary: [] }] };
}

/** Of a model that is right in that part of what it is sure of. */
function binsOf(part: number): ConfidenceBin[] {
  return Array.from({ length: 15 }, (_, index) => {
    const [pixels, sure] = [100 * (index + 1), (index + 0.5) / 15];
    return { pixels, confidence: pixels * sure, right: pixels * sure * part };
  });
}

/** One figure of each kind, the first two with seeds. */
export const SAMPLE_FIGURES = {
  curves: validationLossFigure([
    { ...base, history: meanHistory(seedHistories), seeds: seedHistories },
    { ...pretrained, history: historyOf(0.7, 0.4, 0.35) },
  ]),
  bars: groupIouFigure([
    { ...base, metrics: meanMetrics(seedMetrics), seeds: seedMetrics },
    { ...pretrained, metrics: metrics(matrixOf(8)) },
  ]),
  matrices: [6, 8].map((right, index) =>
    confusionMatrixFigure(matrixOf(right), {
      name: `confusion-matrix-${index}`,
      title: index === 0 ? 'Base' : 'Pre-trained',
    }),
  ),
  recalls: recallByHeightFigure(
    [
      { ...base, seeds: [thingsOf(0.3), thingsOf(0.4)] },
      { ...pretrained, seeds: [thingsOf(0.6)] },
    ],
    'human',
    { subtitle: 'Synthetic streets, test split' },
  ),
  thresholds: thresholdFigure(
    'human',
    [0.1, 0.3, 0.5, 0.7, 0.9].map((threshold) => ({
      ...{ threshold, precision: 0.3 + 0.7 * threshold, recall: 1 - threshold },
      iou: 0.5 - (threshold - 0.3) ** 2,
    })),
    { subtitle: 'Synthetic streets, validation split' },
  ),
  resized: counterfactualRecallFigure(
    [0.3, 0.6].map((atMost, index) => ({
      ...[base, pretrained][index],
      seeds: [0, 0.1].map((more) =>
        [40, 30, 20, 10, 5].map((height) => ({ height, things: 12, recall: (atMost + more) * (1 - 3 / height) })),
      ),
    })),
    'people',
  ),
  scores: scoreBySettingFigure(
    'IoU of human',
    'Side of the picture in pixels',
    [0.3, 0.5].map((score, index) => ({
      ...[base, pretrained][index],
      points: [64, 96, 128].map((at) => ({ at, scores: [-0.02, 0, 0.02].map((seed) => score + at / 1000 + seed) })),
    })),
    [64, 96, 128].map((at) => ({ at, difference: { difference: 0.2, low: 0.2 - at / 1000, high: 0.25 } })),
    { subtitle: 'groups-8' },
  ),
  rate: learningRateFigure(
    trainingOptionsSchema.parse({ epochs: 6, schedule: { name: 'cosine', per: 'step', warmUp: 1 } }),
    4,
    { subtitle: 'cosine, 4 steps per epoch' },
  ),
  reliability: reliabilityFigure([
    { ...base, bins: binsOf(0.8) },
    { ...pretrained, bins: binsOf(0.95) },
  ]),
  distribution: classDistributionFigure(
    ['train', 'test'].map((label, split) => ({
      label,
      shares: classSet('groups-8').classes.map((each, index) => ({
        ...each,
        share: (8 - index + split) / (36 + 8 * split),
      })),
    })),
  ),
};

/** Three scenes of a person on a road, of whom so many of ten pixels are found. */
function countsOf(found: number): SceneCounts {
  const scenes = ['a', 'b', 'c'].map((name) => {
    const counts = new Float64Array(34 * GROUP_NAMES.length);
    counts[24 * GROUP_NAMES.length + GROUP_NAMES.indexOf('human')] = found;
    counts[24 * GROUP_NAMES.length + GROUP_NAMES.indexOf('flat')] = 10 - found;
    return { name, counts };
  });
  return { classes: GROUP_NAMES, scenes };
}

/** Eight pixels square: a group in each column of the truth, the first model wrong in the last two, the second in none. */
const side = GROUP_NAMES.length;
const truth = Uint8Array.from({ length: side * side }, (_, pixel) => pixel % side);

export const SAMPLE_REPORT: ReportContent = {
  title: 'Base against pre-trained',
  question: 'Does pre-training help?',
  findings: ['groups-8: mean IoU of Pre-trained is above Base'],
  setting: 'Synthetic streets, test split, 8 scenes',
  classSet: classSet('groups-8'),
  scores: [
    {
      model: 'Base',
      metrics: [meanMetrics(seedMetrics)],
      seeds: seedMetrics.map((each, seed) => ({ seed, metrics: [each] })),
    },
    {
      model: 'Pre-trained',
      metrics: [metrics(matrixOf(8))],
      instances: [{ groups: { human: 0.25, vehicle: 0.5 }, meanOfGroups: 0.375 }],
    },
  ],
  verdicts: pairVerdicts(
    [
      { label: 'Base', seeds: [countsOf(5), countsOf(6)] },
      { label: 'Pre-trained', seeds: [countsOf(8)] },
    ],
    classSet('groups-8'),
  ),
  sections: [
    { title: 'Validation loss', figures: [SAMPLE_FIGURES.curves] },
    { title: 'Intersection over union', figures: [SAMPLE_FIGURES.bars] },
    { title: 'Confusion matrices', figures: SAMPLE_FIGURES.matrices, narrow: true },
    { title: 'Class distribution', figures: [SAMPLE_FIGURES.distribution] },
  ],
  scenes: [
    {
      name: 'street_1',
      width: side,
      height: side,
      image: Uint8Array.from({ length: side * side * 3 }, (_, byte) => byte),
      truth,
      predictions: [truth.map((group) => Math.min(group, 5)), truth],
    },
  ],
  labels: ['Base, seed 1', 'Pre-trained'],
  runs: [
    {
      label: 'Base, seed 1',
      folder: 'results/base-12345678',
      configuration: 'name: base\nseed: 1\n',
      notebooks: [{ name: '03-training', href: '../base-12345678/notebooks/03-training.html' }],
    },
  ],
  notebooks: [{ name: '05-comparison', href: 'notebooks/05-comparison.ipynb' }],
};
