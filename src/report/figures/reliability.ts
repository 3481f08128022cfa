import { type ConfidenceBin, expectedCalibrationError } from '../../evaluation/calibration';
import { type Figure, MUTED_INK, modelLine, modelStyles, type PlotlyTrace, themedLayout } from './figure';

export interface ModelConfidence {
  label: string;
  pretrained: boolean;
  /** Of all seeds together. */
  bins: readonly ConfidenceBin[];
}

/** Bins with a smaller share of the pixels than this are left out: what they show is chance. */
const FEWEST = 1e-4;

/** How often a model is right when it is so sure: on the diagonal as often as it says, below it less. */
export function reliabilityFigure(models: readonly ModelConfidence[], { subtitle = '' } = {}): Figure {
  const styles = modelStyles(models);
  const labels = models.map(({ label, bins }) => `${label}, error ${expectedCalibrationError(bins).toFixed(3)}`);
  const diagonal: PlotlyTrace = {
    type: 'scatter',
    mode: 'lines',
    name: 'as often right as sure',
    showlegend: false,
    x: [0, 1],
    y: [0, 1],
    line: { color: MUTED_INK, width: 1, dash: 'dot' },
    hoverinfo: 'skip',
  };
  const lines = models.map(({ bins }, index) => {
    const total = bins.reduce((sum, { pixels }) => sum + pixels, 0);
    const shown = bins.filter(({ pixels }) => pixels > total * FEWEST);
    return modelLine(labels[index], styles[index], {
      x: shown.map(({ confidence, pixels }) => confidence / pixels),
      y: shown.map(({ right, pixels }) => right / pixels),
      customdata: shown.map(({ pixels }) => pixels / total),
      hovertemplate: 'sure by %{x:.2f}, right in %{y:.2f}; %{customdata:.1%} of the pixels',
    });
  });
  return {
    name: 'reliability',
    description: `How often a prediction is right against how sure the model is; expected calibration error: ${labels.join('; ')}`,
    data: [diagonal, ...lines],
    layout: themedLayout(
      'How sure, how right',
      [subtitle, 'error: expected calibration error over 15 bins', 'below the diagonal a model is surer than right'],
      { width: 640, height: 600, labels },
      {
        xaxis: { title: 'Probability of what is predicted', range: [0, 1.02], dtick: 0.2, showline: true },
        yaxis: { title: 'Share that is right', range: [0, 1.02], dtick: 0.2 },
      },
    ),
  };
}
