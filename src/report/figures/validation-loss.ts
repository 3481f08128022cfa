import { type EpochRecord, lowestLoss } from '../../training/history';
import { type Figure, modelStyles, type PlotlyLayout, type PlotlyTrace, themedLayout } from './figure';

export interface LossCurve {
  /** Name in the legend. */
  label: string;
  /** Whether the encoder started from pre-trained weights: red, else pink. */
  pretrained: boolean;
  /** Averaged over the seeds where there are several. */
  history: readonly EpochRecord[];
  /** Each seed's own history; where there are several, each is a thin line behind their mean. */
  seeds?: readonly (readonly EpochRecord[])[];
}

/** The curve on which a model is judged: validation loss after each epoch, the lowest point of each run ringed. */
export function validationLossFigure(
  curves: readonly LossCurve[],
  { name = 'validation-loss', subtitle = '' }: { name?: string; subtitle?: string } = {},
): Figure {
  const styles = modelStyles(curves);
  const lines = curves.map(({ label, history }, index): PlotlyTrace => {
    const { color, dash, symbol } = styles[index];
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name: label,
      x: history.map((record) => record.epoch),
      y: history.map((record) => record.validationLoss),
      customdata: history.map((record) => [record.trainingLoss, record.validationAccuracy, record.learningRate]),
      line: { color, dash, width: 2.5 },
      marker: { color, symbol, size: 7 },
      hovertemplate:
        '%{y:.4f}, validation accuracy %{customdata[1]:.4f}' +
        '<br>training loss %{customdata[0]:.4f}, learning rate %{customdata[2]:.2e}',
    };
  });
  const several = curves.some(hasSeeds);
  const single = curves.flatMap((curve, index): PlotlyTrace[] => {
    if (!hasSeeds(curve)) return [];
    const { color, dash } = styles[index];
    return (curve.seeds ?? []).map((history) => ({
      type: 'scatter',
      mode: 'lines',
      name: `${curve.label}, one seed`,
      showlegend: false,
      x: history.map((record) => record.epoch),
      y: history.map((record) => record.validationLoss),
      line: { color, dash, width: 1 },
      opacity: 0.5,
      hoverinfo: 'skip',
    }));
  });
  const best = curves.flatMap(({ label, history, seeds = [history] }, index): PlotlyTrace[] => {
    const lowest = seeds.flatMap((each) => lowestLoss(each) ?? []);
    if (lowest.length === 0) return [];
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name: `${label}, best`,
        showlegend: false,
        x: lowest.map((record) => record.epoch),
        y: lowest.map((record) => record.validationLoss),
        marker: { symbol: 'circle-open', size: several ? 11 : 17, color: styles[index].color, line: { width: 2 } },
        hoverinfo: 'skip',
      },
    ];
  });
  const all = curves.flatMap(({ history, seeds = [] }) => [history, ...seeds]);
  const epochs = Math.max(1, ...all.flatMap((history) => history.map((record) => record.epoch)));
  const size = { width: 860, height: 500, labels: curves.map(({ label }) => label) };
  const ring = several
    ? 'Thick: mean over the seeds. Thin: each seed, ringed at its lowest loss, the checkpoint that is evaluated'
    : 'Ring: lowest loss, the checkpoint that is evaluated';
  return {
    name,
    description: `Validation loss after each epoch: ${curves.map(describe).join('; ')}`,
    // In this order thin lines lie behind; the legend keeps the order of the curves.
    data: [...single, ...lines, ...best],
    layout: themedLayout('Validation loss', subtitle ? `${subtitle}. ${ring}` : ring, size, {
      xaxis: {
        title: 'Epoch',
        range: [0.5, epochs + 0.5],
        tick0: 1,
        dtick: Math.max(1, Math.ceil(epochs / 20)),
        showline: true,
        unifiedhovertitle: { text: 'Epoch %{x}' },
      },
      yaxis: { title: 'Cross-entropy', ...lossAxis(all) },
      // All models at the epoch under the pointer.
      hovermode: 'x unified',
    }),
  };
}

/** Above this ratio of highest to lowest loss, a linear axis would press the end of the curves, which counts, together. */
const LINEAR_RATIO = 8;

function lossAxis(histories: readonly (readonly EpochRecord[])[]): PlotlyLayout {
  const losses = histories.flatMap((history) => history.map((record) => record.validationLoss));
  const logarithmic = Math.max(...losses) > LINEAR_RATIO * Math.min(...losses);
  if (!logarithmic) return { rangemode: 'tozero' };
  const ticks = [-3, -2, -1, 0, 1, 2, 3, 4].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
  return { type: 'log', tickvals: ticks, ticktext: ticks.map((tick) => String(Number(tick.toPrecision(1)))) };
}

function hasSeeds({ seeds = [] }: LossCurve): boolean {
  return seeds.length > 1;
}

function describe({ label, history, seeds = [] }: LossCurve): string {
  const lowest = lowestLoss(history);
  if (lowest && seeds.length > 1)
    return `${label}, mean of ${seeds.length} seeds, ${lowest.validationLoss.toFixed(3)} at epoch ${lowest.epoch}`;
  return lowest ? `${label} ${lowest.validationLoss.toFixed(3)} at epoch ${lowest.epoch}` : `${label} has none`;
}
