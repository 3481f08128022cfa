import type { SplitShares } from '../../data/class-distribution';
import { cssColor, type Figure, type PlotlyTrace, themedLayout } from './figure';

/** Above this many splits the numbers over the bars would touch. */
const LABELLED_SPLITS = 2;
const SPLIT_COLORS = ['#3b5b92', '#7fa3d4', '#c3d4ec'];

/** Share of the pixels that each class holds: bars in the classes' colours for one split, grouped bars for several. */
export function classDistributionFigure(splits: readonly SplitShares[], { subtitle = '' } = {}): Figure {
  const lone = splits.length === 1;
  const data = splits.map(({ label, shares: classes }, index): PlotlyTrace => {
    const shares = classes.map((each) => each.share);
    return {
      type: 'bar',
      name: label,
      x: classes.map((each) => each.name),
      y: shares,
      text: splits.length > LABELLED_SPLITS ? [] : shares.map(percent),
      textposition: 'outside',
      textangle: 0,
      cliponaxis: false,
      textfont: { size: 12 },
      marker: {
        color: lone ? classes.map((each) => cssColor(each.color)) : SPLIT_COLORS[index % 3],
      },
      hovertemplate: '%{x}: %{y:.2%}',
    };
  });
  const names = splits.map(({ label }) => label);
  const size = { width: 860, height: 450, labels: lone ? [] : names };
  return {
    name: 'class-distribution',
    description: `Share of pixels of each class: ${names.join(', ')}`,
    data,
    layout: themedLayout('Class distribution', subtitle || (lone ? names[0] : ''), size, {
      barmode: 'group',
      bargap: 0.25,
      xaxis: { type: 'category', showline: true, showgrid: false },
      yaxis: { title: 'Share of pixels', tickformat: '.0%', rangemode: 'tozero' },
    }),
  };
}

/** Short enough to stand over a bar: "32%", "1.4%", "0.03%". */
function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return '0';
  if (value < 0.01) return '<0.01%';
  return `${value.toFixed(value >= 10 ? 0 : value >= 0.1 ? 1 : 2)}%`;
}
