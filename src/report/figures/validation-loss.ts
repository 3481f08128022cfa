import { type EpochRecord, lowestLoss } from '../../training/history';
import { bandTraces, type Figure, MUTED_INK, modelLine, modelStyles, type PlotlyTrace, themedLayout } from './figure';

export interface LossCurve {
  /** Name in the legend. */
  label: string;
  /** Whether the encoder started from pre-trained weights: red, else pink. */
  pretrained: boolean;
  /** What the loss is, as text that tells it from others. */
  loss?: string;
  /** Averaged over the seeds where there are several. */
  history: readonly EpochRecord[];
  /** Each seed's own history; where there are several, a band from the lowest to the highest lies behind their mean. */
  seeds?: readonly (readonly EpochRecord[])[];
}

/**
 * The curve on which a model is evaluated: validation loss after each epoch, the lowest point of each run ringed.
 *
 * @param options what else is shown
 * @param options.training whether each model's training loss is shown beside it
 */
export function validationLossFigure(
  curves: readonly LossCurve[],
  { name = 'validation-loss', subtitle = '', training = false } = {},
): Figure {
  const styles = modelStyles(curves);
  const trainingLines = (training ? curves : []).map(({ label, history }, index): PlotlyTrace => {
    return {
      type: 'scatter',
      // A line needs two points.
      mode: history.length === 1 ? 'markers' : 'lines',
      name: `${label}, training`,
      x: history.map((record) => record.epoch),
      y: history.map((record) => record.trainingLoss),
      line: { color: MUTED_INK, dash: index === 0 ? 'dot' : styles[index].dash, width: 2 },
      marker: { color: MUTED_INK, size: 6 },
      hovertemplate: '%{y:.4f}',
    };
  });
  const lines = curves.map(({ label, history }, index) =>
    modelLine(training ? `${label}, validation` : label, styles[index], {
      x: history.map((record) => record.epoch),
      y: history.map((record) => record.validationLoss),
      customdata: history.map((record) => [record.trainingLoss, record.validationAccuracy, record.learningRate]),
      hovertemplate:
        '%{y:.4f}, validation accuracy %{customdata[1]:.4f}' +
        '<br>training loss %{customdata[0]:.4f}, learning rate %{customdata[2]:.2e}',
    }),
  );
  const several = curves.some(hasSeeds);
  const bands = curves.flatMap((curve, index): PlotlyTrace[] => {
    if (!hasSeeds(curve)) return [];
    const { label, history, seeds = [] } = curve;
    const x = history.map(({ epoch }) => epoch);
    // Over the epochs that all seeds went through.
    const values = history.map((_, epoch) => seeds.map((each) => each[epoch].validationLoss));
    return bandTraces(label, { x, values, color: styles[index].color });
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
  const labels = [...lines, ...trainingLines].map((line) => line.name!);
  const size = { width: 860, height: 500, labels };
  const ring = several
    ? 'Line: mean over the seeds. Band: from the lowest seed to the highest. Rings: the lowest loss of each seed, the checkpoint that is evaluated'
    : 'Ring: lowest loss, the checkpoint that is evaluated';
  const { top, bottom, highest } = shownLosses(all, training);
  const cut = highest > top ? `Cut off above ${top.toFixed(2)}: up to ${highest.toFixed(2)}` : '';
  const losses = new Set(curves.map(({ loss }) => loss));
  const mixed = losses.size > 1 ? 'The losses are different functions: their heights say nothing of each other' : '';
  return {
    name,
    description: `${training ? 'Training and validation' : 'Validation'} loss after each epoch: ${curves.map(describe).join('; ')}`,
    // In this order bands lie behind; the legend keeps the order of the curves.
    data: [...bands, ...trainingLines, ...lines, ...best],
    layout: themedLayout(
      training ? 'Training and validation loss' : 'Validation loss',
      [subtitle, mixed, ring, cut].filter(Boolean).join('. '),
      size,
      {
        xaxis: {
          title: 'Epoch',
          range: [0.5, epochs + 0.5],
          tick0: 1,
          dtick: Math.max(1, Math.ceil(epochs / 20)),
          showline: true,
          unifiedhovertitle: { text: 'Epoch %{x}' },
        },
        yaxis: { title: 'Loss', range: [bottom, top] },
        // All models at the epoch under the pointer.
        hovermode: 'x unified',
      },
    ),
  };
}

/** The first epochs, of which some are far above the rest, take no part in the choice of the axis. */
const WARMING_UP = 0.25;

/**
 * The losses that the axis shows: from the lowest to the highest that is met after the first quarter of a training, and a
 * little more, so that what differs in the end is seen and an outlier of the first epoch does not press it together.
 */
function shownLosses(
  histories: readonly (readonly EpochRecord[])[],
  training: boolean,
): { bottom: number; top: number; highest: number } {
  const lossesOf = (records: readonly EpochRecord[]) =>
    records
      .flatMap(({ validationLoss, trainingLoss }) => (training ? [validationLoss, trainingLoss] : [validationLoss]))
      .filter(Number.isFinite);
  const losses = histories.flatMap(lossesOf);
  if (losses.length === 0) return { bottom: 0, top: 1, highest: 0 };
  const settled = histories.flatMap((history) => lossesOf(history.slice(Math.floor(history.length * WARMING_UP))));
  const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
  // At least a tenth of the loss, so that noise is not blown up to look like something.
  const span = Math.max(Math.max(...settled) - lowest, lowest * 0.1);
  const top = lowest + span * 1.25;
  // What is hardly above it is shown rather than cut.
  return {
    bottom: lowest - span * 0.08,
    top: highest < lowest + span * 1.6 ? Math.max(top, highest + span * 0.08) : top,
    highest,
  };
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
