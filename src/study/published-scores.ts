import type { MetricName } from '../evaluation/metric';
import { spread } from '../evaluation/spread';
import { ABSENT, formatSpread, type Table } from '../tables/tables';
import type { EvaluationRecord } from './evaluation-record';

/** Mean IoU of others on one benchmark, and what a model must have been evaluated on to be set beside them. */
interface PublishedScores {
  evaluation: Pick<EvaluationRecord, 'split' | 'resolution' | 'scenes'>;
  source: string;
  meanIou: Readonly<Record<string, number>>;
}

/** By metric. */
const PUBLISHED: Readonly<Record<MetricName, PublishedScores>> = {
  'camvid-11': {
    // The 233 test pictures of 480x360, whole.
    evaluation: { split: 'test', resolution: 'original', scenes: 233 },
    source: 'Jégou et al. 2017 (arXiv:1611.09326), table 3',
    meanIou: {
      SegNet: 0.464,
      'FCN-8': 0.57,
      'FC-DenseNet56': 0.589,
      'DeepLab-LFOV': 0.616,
      Dilation8: 0.653,
      'FC-DenseNet103': 0.669,
    },
  },
};

/** A model to be set beside published scores. */
export interface ScoredModel {
  label: string;
  /** One per seed. */
  meanIou: readonly number[];
  evaluation: Pick<EvaluationRecord, 'split' | 'resolution' | 'scenes'>;
}

/**
 * Models among published scores of the same metric, the lowest first.
 *
 * @returns undefined where nothing was published, or none of the models was evaluated as it was
 */
export function publishedTable(metric: MetricName, models: readonly ScoredModel[]): Table | undefined {
  const published = PUBLISHED[metric];
  if (!published) return undefined;
  const { split, resolution, scenes } = published.evaluation;
  const own = models.filter(
    ({ evaluation }) =>
      evaluation.split === split && evaluation.resolution === resolution && evaluation.scenes === scenes,
  );
  if (own.length === 0) return undefined;
  const rows = [
    ...Object.entries(published.meanIou).map(([model, score]) => ({
      model,
      scores: [score],
      source: published.source,
    })),
    ...own.map(({ label, meanIou }) => ({ model: label, scores: meanIou, source: 'this project' })),
  ].map((row) => ({ ...row, ...spread(row.scores) }));
  return {
    header: ['Model', 'Seeds', `IoU, ${metric}`, 'Source'],
    rows: rows
      .sort((a, b) => a.mean - b.mean)
      .map(({ model, scores, source, ...score }) => [
        model,
        source === published.source ? ABSENT : String(scores.length),
        formatSpread(score),
        source,
      ]),
    text: [0, 3],
  };
}
