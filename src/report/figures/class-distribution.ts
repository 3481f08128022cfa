import type { GroupShare } from '../../data/class-distribution';
import { GROUP_COLORS } from '../../labels';
import { cssColor, type Figure, type PlotlyTrace, themedLayout } from './figure';

export interface SplitShares {
  /** Name of the split or data set. */
  label: string;
  /** What `classDistribution` counted. */
  shares: readonly Pick<GroupShare, 'group' | 'share'>[];
}

/** Above this many splits the numbers over the bars would touch. */
const LABELLED_SPLITS = 2;
const SPLIT_COLORS = ['#3b5b92', '#7fa3d4', '#c3d4ec'];

/** Share of the pixels that each group holds: bars in the groups' colours for one split, grouped bars for several. */
export function classDistributionFigure(
  splits: readonly SplitShares[],
  { name = 'class-distribution', subtitle = '' }: { name?: string; subtitle?: string } = {},
): Figure {
  const lone = splits.length === 1;
  const data = splits.map(({ label, shares: groups }, index): PlotlyTrace => {
    const shares = groups.map(({ share }) => share);
    return {
      type: 'bar',
      name: label,
      x: groups.map(({ group }) => group),
      y: shares,
      text: splits.length > LABELLED_SPLITS ? [] : shares.map(percent),
      textposition: 'outside',
      textangle: 0,
      cliponaxis: false,
      textfont: { size: 12 },
      marker: {
        color: lone ? groups.map(({ group }) => cssColor(GROUP_COLORS[group])) : SPLIT_COLORS[index % 3],
      },
      hovertemplate: '%{x}: %{y:.2%}',
    };
  });
  const names = splits.map(({ label }) => label);
  const size = { width: 860, height: 450, labels: lone ? [] : names };
  return {
    name,
    description: `Share of pixels of each group: ${names.join(', ')}`,
    data,
    layout: themedLayout('Class distribution', subtitle || (lone ? names[0] : ''), size, {
      barmode: 'group',
      bargap: 0.25,
      xaxis: { showline: true, showgrid: false },
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
