import { fileWord } from '../drawing/file-word';
import { type Figure, type PlotlyTrace, themedLayout } from './figure';

/** How a class is found where pixels are taken for it from a probability on. */
export interface ThresholdScore {
  threshold: number;
  /** Share of the pixels found that are right; NaN where none is found. */
  precision: number;
  /** Share of the class's pixels that are found. */
  recall: number;
  iou: number;
}

const LINES = [
  { key: 'precision', name: 'Precision', color: '#0072b2', dash: 'dash' },
  { key: 'recall', name: 'Recall', color: '#e69f00', dash: 'dot' },
  { key: 'iou', name: 'IoU', color: '#d00000', dash: 'solid' },
] as const;

/** How a class is found where pixels are taken for it from a probability on: precision, recall and IoU. */
export function thresholdFigure(className: string, scores: readonly ThresholdScore[], { subtitle = '' } = {}): Figure {
  const best = scores.reduce((highest, each) => (each.iou > highest.iou ? each : highest));
  return {
    name: `threshold-${fileWord(className)}`,
    description: `Precision, recall and IoU of ${className} over the threshold: highest IoU ${best.iou.toFixed(3)} at ${best.threshold}`,
    data: LINES.map(
      ({ key, name, color, dash }): PlotlyTrace => ({
        type: 'scatter',
        mode: 'lines',
        name,
        x: scores.map(({ threshold }) => threshold),
        y: scores.map((each) => each[key]),
        line: { color, dash, width: 2.5 },
        hovertemplate: '%{y:.3f}',
      }),
    ),
    layout: themedLayout(
      `Finding ${className}`,
      subtitle,
      { width: 860, height: 460, labels: LINES.map(({ name }) => name) },
      {
        xaxis: { title: 'Least probability', range: [0, 1], showline: true },
        yaxis: { title: 'Score', range: [0, 1.02] },
        hovermode: 'x unified',
      },
    ),
  };
}
