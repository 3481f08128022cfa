import { metricNote, wordsOf } from '../../evaluation/metric';
import { iouOf, type Metrics } from '../../evaluation/metrics';
import { spread } from '../../evaluation/spread';
import { formatSpread } from '../../tables/tables';
import { type Figure, INK, modelStyles, type PlotlyTrace, themedLayout, WHISKERS_NOTE, whiskers } from './figure';

export interface ModelMetrics {
  label: string;
  pretrained: boolean;
  /** Averaged over the seeds where there are several. */
  metrics: Metrics;
  /** Each seed's scores; where there are several, whiskers show their standard deviation. */
  seeds?: readonly Metrics[];
}

/** Above this many bars the numbers over them would touch each other, and with whiskers these. */
const LABELLED_BARS = 24;

/** Intersection over union of each group, one bar a model; a group that is absent (NaN) has no bar but a dash. */
export function groupIouFigure(models: readonly ModelMetrics[], { subtitle = '' } = {}): Figure {
  const names = new Set(models.map(({ metrics }) => metrics.metric));
  if (names.size !== 1) throw new RangeError(`one metric per figure, not ${[...names].join(' and ')}`);
  const [metric] = names;
  const { one } = wordsOf(metric);
  const styles = modelStyles(models);
  const groups = models[0].metrics.groups.map((score) => score.group);
  const legend = models.map(({ label, metrics, seeds = [metrics] }) => {
    return `${label}, mean ${formatSpread(spread(seeds.map(({ meanIou }) => meanIou)))}`;
  });
  const several = models.some(({ seeds = [] }) => seeds.length > 1);
  const labelled = models.length * groups.length <= LABELLED_BARS && !several;
  const data = models.map(({ metrics, seeds = [metrics] }, index): PlotlyTrace => {
    const values = groups.map((group) => iouOf(metrics, group));
    const deviations = groups.map((group) => spread(seeds.map((each) => iouOf(each, group))).deviation);
    return {
      type: 'bar',
      name: legend[index],
      x: groups,
      y: values.map((value) => (Number.isNaN(value) ? null : value)),
      text: values.map((value) => (labelled && !Number.isNaN(value) ? value.toFixed(2) : '')),
      textposition: 'outside',
      textangle: 0,
      cliponaxis: false,
      textfont: { size: 12 },
      marker: {
        color: styles[index].color,
        pattern: { shape: styles[index].pattern, fillmode: 'overlay', fgcolor: '#ffffff', size: 8, solidity: 0.2 },
      },
      ...(seeds.length > 1 && { error_y: whiskers(deviations, INK) }),
      hovertemplate: '%{x}: %{y:.3f}',
    };
  });
  return {
    name: `group-iou-${metric}`,
    description: `Intersection over union of each ${one}, metric ${metric}; ${legend.join('; ')}`,
    data,
    layout: themedLayout(
      `IoU by ${one}, ${metric}`,
      [subtitle || metricNote(metric), several && WHISKERS_NOTE],
      { width: 900, height: 470, labels: legend },
      {
        barmode: 'group',
        bargap: 0.25,
        bargroupgap: 0.06,
        xaxis: { type: 'category', showline: true, showgrid: false },
        yaxis: { title: 'Intersection over union', range: [0, 1.08], dtick: 0.2, tickformat: '.1f' },
        annotations: groups
          .filter((_, index) => data.every((trace) => (trace.y as (number | null)[])[index] === null))
          .map((group) => ({ x: group, y: 0, yanchor: 'bottom', text: '–', showarrow: false })),
      },
    ),
  };
}
