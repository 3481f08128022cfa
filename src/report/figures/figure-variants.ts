import { isObject } from '../../configuration/canonical-json';
import type { Figure, PlotlyLayout, PlotlyTrace } from './figure';
import { isAxis, legendLines } from './figure';

/** A column of a two-column paper, 3.5 inches of 96 pixels; about a phone's width, too. */
const COLUMN_WIDTH = 336;

/** A figure's letters, in pixels; in print these are 6.75 points. */
const LETTERS = 13;
const PRINTED_LETTERS = 9;
/** In a column a figure is this much higher than its shape would make it, since its words shrink less than its width. */
const COLUMN_STRETCH = 1.3;
const LEAST_HEIGHT = 210;
const SIDE = 8;

/** @returns title and subtitle of a figure as plain text. */
export function figureTitle({ layout }: Figure): { title: string; subtitle: string } {
  const { text = '', subtitle = { text: '' } } = layout.title as { text?: string; subtitle?: { text: string } };
  return { title: text, subtitle: subtitle.text.replace(/<br>/g, ' ') };
}

/** @returns the figure without title and subtitle, for a place that sets these itself; as much lower. */
export function bareFigure(figure: Figure): Figure {
  const { layout } = figure;
  const top = 12 + legendHeight(figure, layout.width - 48, LETTERS);
  const { title: _, ...rest } = layout;
  const margin = layout.margin as { t: number };
  return { ...figure, layout: { ...rest, height: layout.height - margin.t + top, margin: { ...margin, t: top } } };
}

/**
 * The figure as wide as a column of a paper or as a phone: no title, smaller letters, no numbers over bars, no colour bar.
 * The legend stands at the left above the plot.
 *
 * @param letters height of the letters in pixels; markers and lines shrink with them
 */
export function columnFigure(figure: Figure, letters = PRINTED_LETTERS): Figure {
  const bare = bareFigure(figure);
  const { layout } = bare;
  const top = SIDE + legendHeight(figure, COLUMN_WIDTH - 2 * SIDE, letters);
  const height = Math.max(LEAST_HEIGHT, Math.round((COLUMN_WIDTH / layout.width) * layout.height * COLUMN_STRETCH));
  const { legend, margin, ...rest } = shrunk(layout, letters / LETTERS) as Record<string, PlotlyLayout>;
  const axes = Object.entries(rest).filter(([key]) => isAxis(key));
  return {
    ...bare,
    data: bare.data.map((trace) => columnTrace(shrunk(trace, letters / LETTERS) as PlotlyTrace)),
    layout: {
      ...rest,
      width: COLUMN_WIDTH,
      height,
      margin: { l: 44, r: SIDE, t: top, b: 36 },
      legend: { ...legend, x: 0, xanchor: 'left', xref: 'paper' },
      ...Object.fromEntries(axes.map(([key, axis]) => [key, columnAxis(axis)])),
    },
  };
}

function columnTrace(trace: PlotlyTrace): PlotlyTrace {
  if (trace.type === 'bar') return { ...trace, text: undefined };
  if (trace.type === 'heatmap') return { ...trace, showscale: false };
  return trace;
}

function columnAxis(axis: PlotlyLayout): PlotlyLayout {
  const title = axis.title as PlotlyLayout | undefined;
  return { ...axis, ticklabelstandoff: 2, ...(title && { title: { ...title, standoff: 6 } }) };
}

/** The value with every font, marker and line inside it scaled. */
function shrunk(value: unknown, scale: number, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? shrunk(item, scale) : item));
  if (!isObject(value)) return value;
  const sizes = /font$|^marker$|^pattern$/.test(key)
    ? ['size']
    : /^line$|^error_y$/.test(key)
      ? ['width', 'thickness']
      : [];
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      const isSize = sizes.includes(name) && typeof part === 'number';
      return [name, isSize ? Math.round(part * scale * 10) / 10 : shrunk(part, scale, name)];
    }),
  );
}

function legendHeight({ data, layout }: Figure, width: number, size: number): number {
  if (!layout.showlegend) return 0;
  const labels = data.flatMap(({ name = '', showlegend }) => (showlegend === false ? [] : [name]));
  return legendLines(labels, width, size) * Math.round(size * 1.55) + 4;
}
