import type { Difference } from '../../evaluation/difference';
import { spread } from '../../evaluation/spread';
import {
  bandTraces,
  type Figure,
  INK,
  MUTED_INK,
  modelLine,
  modelStyles,
  type PlotlyTrace,
  themedLayout,
} from './figure';

/** Models that differ in one number, such as the size of their pictures. */
export interface ScoreLine {
  label: string;
  pretrained: boolean;
  /** Rising. */
  points: readonly { at: number /** One per seed. */; scores: readonly number[] }[];
}

/** The second line against the first at one place. */
export interface DifferencePoint {
  at: number;
  difference: Pick<Difference, 'difference' | 'low' | 'high'>;
}

/**
 * A score along a setting, a line for each model; below, by how much the second line is above the first, with intervals.
 *
 * @param score such as `mean IoU`
 * @param setting what the models of a line differ in, such as `Side of the picture in pixels`
 * @param differences of the first two lines; none leaves out the lower part
 */
export function scoreBySettingFigure(
  score: string,
  setting: string,
  lines: readonly ScoreLine[],
  differences: readonly DifferencePoint[],
  { name = 'score-by-setting', subtitle = '' }: { name?: string; subtitle?: string } = {},
): Figure {
  const styles = modelStyles(lines);
  const several = lines.some(({ points }) => points.some(({ scores }) => scores.length > 1));
  const bands = lines.flatMap(({ label, points }, index) => {
    const x = points.map(({ at }) => at);
    return several
      ? bandTraces(label, { x, values: points.map(({ scores }) => scores), color: styles[index].color })
      : [];
  });
  const means = lines.map(({ label, points }, index) =>
    modelLine(label, styles[index], {
      x: points.map(({ at }) => at),
      y: points.map(({ scores }) => spread(scores).mean),
      customdata: points.map(({ scores }) => scores.length),
      hovertemplate: '%{x}: %{y:.3f}, mean of %{customdata}',
    }),
  );
  const between = differences.length > 0 ? `${lines[1].label} − ${lines[0].label}` : '';
  const points: PlotlyTrace = {
    type: 'scatter',
    mode: 'markers',
    name: between,
    showlegend: false,
    yaxis: 'y2',
    x: differences.map(({ at }) => at),
    y: differences.map(({ difference: { difference } }) => difference * 100),
    error_y: {
      type: 'data',
      symmetric: false,
      array: differences.map(({ difference: { high, difference } }) => (high - difference) * 100),
      arrayminus: differences.map(({ difference: { low, difference } }) => (difference - low) * 100),
      color: INK,
      thickness: 1.5,
      width: 5,
    },
    marker: { color: INK, size: 8 },
    hovertemplate: '%{x}: %{y:.1f} points',
  };
  const places = [...new Set(lines.flatMap((line) => line.points.map(({ at }) => at)))].sort((a, b) => a - b);
  return {
    name,
    description: `${score} by ${setting}: ${lines.map(describe).join('; ')}`,
    data: [...bands, ...means, ...(between ? [points] : [])],
    layout: themedLayout(
      `${score[0].toUpperCase()}${score.slice(1)}`,
      [
        subtitle,
        several && 'band: from the lowest seed to the highest',
        between && 'whiskers: 95 % interval of the difference, over seeds and scenes',
      ],
      { width: 860, height: between ? 620 : 470, labels: lines.map(({ label }) => label) },
      {
        xaxis: {
          title: setting,
          type: 'log',
          tickvals: places,
          ticktext: places.map(String),
          showline: true,
          anchor: between ? 'y2' : 'y',
        },
        yaxis: { title: score, tickformat: '.3f', domain: [between ? 0.42 : 0, 1] },
        ...(between && {
          yaxis2: {
            title: 'Difference, points',
            rangemode: 'tozero',
            domain: [0, 0.32],
            zeroline: true,
            zerolinecolor: MUTED_INK,
          },
        }),
      },
    ),
  };
}

function describe({ label, points }: ScoreLine): string {
  return `${label} ${points.map(({ at, scores }) => `${spread(scores).mean.toFixed(3)} at ${at}`).join(', ')}`;
}
