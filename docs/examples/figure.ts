import { type Figure, MUTED_INK, modelStyles, type PlotlyTrace, themedLayout } from '../../src/report/figures/figure';
import type { EpochRecord } from '../../src/training/history';

/** Training loss beside validation loss of one run: where they part, the model begins to learn its scenes by heart. */
export function overfittingFigure(label: string, history: readonly EpochRecord[]): Figure {
  const [{ color }] = modelStyles([{ pretrained: false }]);
  const line = (name: string, loss: (record: EpochRecord) => number, style: object): PlotlyTrace => ({
    type: 'scatter',
    mode: 'lines',
    name,
    x: history.map(({ epoch }) => epoch),
    y: history.map(loss),
    line: { width: 2.5, ...style },
    hovertemplate: '%{y:.4f}',
  });
  const labels = ['training', 'validation'];
  return {
    name: 'overfitting',
    description: `Training and validation loss of ${label} after each epoch`,
    data: [
      line('training', ({ trainingLoss }) => trainingLoss, { color: MUTED_INK, dash: 'dash' }),
      line('validation', ({ validationLoss }) => validationLoss, { color }),
    ],
    layout: themedLayout(
      'Training and validation loss',
      label,
      { width: 860, height: 450, labels },
      {
        xaxis: { title: 'Epoch', dtick: 1 },
        yaxis: { title: 'Cross-entropy a pixel', rangemode: 'tozero' },
      },
    ),
  };
}
