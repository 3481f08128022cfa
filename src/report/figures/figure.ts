import type { Rgb } from '../../labels';
import { FONT_FAMILY, textWidth, wrapText } from '../drawing/fonts';

/** One Plotly trace, as https://plotly.com/javascript/reference/ describes it. */
export type PlotlyTrace = { type: string; name?: string } & Record<string, unknown>;
export type PlotlyLayout = Record<string, unknown>;

/** A picture as data: what Plotly draws, how large, and the name of its files. */
export interface Figure {
  /** Name of the files, without extension. */
  name: string;
  /** One sentence that says what is shown; the alternative text of the picture. */
  description: string;
  data: PlotlyTrace[];
  /** Its `width` and `height` are the picture's, in pixels at scale 1. */
  layout: PlotlyLayout & { width: number; height: number };
}

/** How one model is drawn in every figure: by colour, and by dash, marker and pattern for those who see colours alike. */
export interface ModelStyle {
  color: string;
  dash: 'solid' | 'dash' | 'dot' | 'dashdot';
  symbol: 'circle' | 'square' | 'diamond' | 'triangle-up';
  pattern: '' | '/' | '.' | 'x';
}

export const INK = '#1f2430';
export const MUTED_INK = '#5b6270';
const GRID = '#e6e8ee';
const AXIS_LINE = '#aab0bd';

/**
 * What takes the place of the theme's and the models' colours on dark paper, so that all stand out from it. Colours that
 * mean something by themselves (groups, the cells of a matrix) stay.
 */
export const DARK_COLORS: Readonly<Record<string, string>> = {
  [INK]: '#e8eaf0',
  [MUTED_INK]: '#a0a7b5',
  [GRID]: '#2b313c',
  [AXIS_LINE]: '#5b6270',
  '#d00000': '#ff5a4f',
  '#8a1010': '#ff9c8f',
  '#b5179e': '#e566d2',
  '#7a1fa2': '#c58af0',
  // The cards of a network's parts.
  '#fde4e1': '#4a2422',
  '#ffe6f3': '#44203a',
  '#eef1f6': '#262c38',
  '#fbfcfd': '#1b1f27',
};

/** Free space at the left and right edge, and the height of a line of the subtitle and of the legend, in pixels. */
const SIDE = 24;
const SUBTITLE_LINE = 17;
const LEGEND_LINE = 20;

const BASE_COLORS = ['#ff44aa', '#b5179e', '#f78fc6', '#7a1fa2'];
const PRETRAINED_COLORS = ['#d00000', '#e8590c', '#8a1010', '#f59f00'];
const DASHES: ModelStyle['dash'][] = ['solid', 'dash', 'dot', 'dashdot'];
const SYMBOLS: ModelStyle['symbol'][] = ['circle', 'square', 'diamond', 'triangle-up'];
const PATTERNS: ModelStyle['pattern'][] = ['', '/', '.', 'x'];

/**
 * Styles for models shown together, in their order: base models pink, pre-trained ones red, further ones of a kind in
 * neighbouring shades. Dash, marker and pattern go by place, so no two models differ in colour only; from the fifth on, marker
 * and pattern are shifted against the rest, so that sixteen are told apart.
 */
export function modelStyles(models: readonly { pretrained: boolean }[]): ModelStyle[] {
  return models.map(({ pretrained }, place) => {
    const ofKind = models.slice(0, place).filter((model) => model.pretrained === pretrained).length;
    const colors = pretrained ? PRETRAINED_COLORS : BASE_COLORS;
    const lone = models.length === 1;
    const shifted = place + Math.floor(place / DASHES.length);
    return {
      color: colors[ofKind % colors.length],
      dash: lone ? 'solid' : DASHES[place % DASHES.length],
      symbol: lone ? 'circle' : SYMBOLS[shifted % SYMBOLS.length],
      pattern: lone ? '' : PATTERNS[shifted % PATTERNS.length],
    };
  });
}

/**
 * The layout all figures share: white paper, quiet grid, title and subtitle at the left, then the legend; both take as many
 * lines as they need.
 *
 * @param title says what is to be seen
 * @param subtitle what it was made from; several notes are joined, those that are empty or false left out
 * @param options size in pixels, and legend
 * @param options.height with a subtitle and a legend of one line each; the figure grows by further lines
 * @param options.labels what the legend holds; none hides it
 * @param own laid over the theme, axis by axis; an axis' `title` may be plain text
 */
export function themedLayout(
  title: string,
  subtitle: string | readonly (string | false)[],
  { width, height, labels = [] }: { width: number; height: number; labels?: readonly string[] },
  own: PlotlyLayout = {},
): PlotlyLayout & { width: number; height: number } {
  const axis = {
    gridcolor: GRID,
    linecolor: AXIS_LINE,
    zeroline: false,
    automargin: true,
    ticks: '',
    ticklabelstandoff: 5,
    tickfont: { size: 13, color: MUTED_INK },
    title: { font: { size: 14, color: INK }, standoff: 14 },
  };
  const axes = Object.entries({ xaxis: {}, yaxis: {}, ...own }).filter(([key]) => isAxis(key));
  const rest = Object.entries(own).filter(([key]) => !isAxis(key));
  const room = width - 2 * SIDE;
  const subtitleLines = wrapText([subtitle].flat().filter(Boolean).join('; '), room, 13);
  const furtherLines =
    Math.max(0, legendLines(labels, room) - 1) * LEGEND_LINE + (subtitleLines.length - 1) * SUBTITLE_LINE;
  return {
    width,
    height: height + furtherLines,
    font: { family: FONT_FAMILY, size: 13, color: INK },
    paper_bgcolor: '#ffffff',
    plot_bgcolor: '#ffffff',
    title: {
      text: title,
      x: 0,
      xref: 'container',
      pad: { l: SIDE, t: 20 },
      y: 1,
      yref: 'container',
      yanchor: 'top',
      font: { size: 18, weight: 600, color: INK },
      subtitle: { text: subtitleLines.join('<br>'), font: { size: 13, color: MUTED_INK } },
    },
    margin: { l: 72, r: SIDE, t: (labels.length > 0 ? 108 : 84) + furtherLines, b: 60 },
    showlegend: labels.length > 0,
    // Plotly would turn the order round where a figure has bands.
    legend: {
      traceorder: 'normal',
      orientation: 'h',
      x: 1,
      xanchor: 'right',
      y: 1.01,
      yanchor: 'bottom',
      font: { size: 13 },
    },
    hoverlabel: { font: { family: FONT_FAMILY } },
    ...Object.fromEntries(axes.map(([key, given]) => [key, mergeAxis(axis, given as PlotlyLayout)])),
    ...Object.fromEntries(rest),
  };
}

/** Whether a key of a layout holds an axis: `xaxis`, `yaxis2` and the like. */
export function isAxis(key: string): boolean {
  return /^[xy]axis\d*$/.test(key);
}

/**
 * A model's line, with a marker at each point.
 *
 * @param points places and values; what the words of `hovertemplate` are about
 * @param points.deviations at each point the standard deviation over the seeds, of which whiskers tell; left out for one seed
 */
export function modelLine(
  name: string,
  { color, dash, symbol }: ModelStyle,
  {
    deviations,
    hovertemplate,
    ...points
  }: { x: unknown[]; y: unknown[]; customdata: unknown[]; deviations?: readonly number[]; hovertemplate: string },
): PlotlyTrace {
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name,
    ...points,
    line: { color, dash, width: 2.5 },
    marker: { color, symbol, size: 7 },
    ...(deviations && { error_y: whiskers(deviations, color) }),
    hovertemplate,
  };
}

/** @param deviations standard deviation over the seeds of each value; NaN has none */
export function whiskers(deviations: readonly number[], color: string): object {
  return { type: 'data', array: deviations.map((value) => value || 0), color, thickness: 1.2, width: 3 };
}

/** Told where there are {@link whiskers}. */
export const WHISKERS_NOTE = 'whiskers: standard deviation over the seeds';

/** What lies behind a line of several seeds: from their lowest values to their highest. */
export function bandTraces(
  label: string,
  { x, values, color }: { x: readonly number[]; values: readonly (readonly number[])[]; color: string },
): PlotlyTrace[] {
  const edge = (of: (...values: number[]) => number): PlotlyTrace => ({
    type: 'scatter',
    mode: 'lines',
    name: `${label}, between the seeds`,
    showlegend: false,
    x,
    y: values.map((each) => of(...each)),
    line: { width: 0 },
    hoverinfo: 'skip',
  });
  return [edge(Math.min), { ...edge(Math.max), fill: 'tonexty', fillcolor: translucent(color) }];
}

function translucent(color: string): string {
  return `rgba(${rgbOf(color).join(', ')}, 0.18)`;
}

/**
 * Plotly sets a horizontal legend in one line, or else in columns as wide as its widest entry.
 *
 * @returns how many lines it takes at that width and font size, in pixels
 */
export function legendLines(labels: readonly string[], width: number, size = 13): number {
  const entries = labels.map((label) => textWidth(label, size) + 4 * size);
  if (entries.reduce((sum, entry) => sum + entry, 0) <= width) return 1;
  return Math.ceil(entries.length / Math.max(1, Math.floor(width / Math.max(...entries))));
}

/** A title given as plain text becomes the axis' title with the theme's font. */
function mergeAxis(axis: PlotlyLayout, own: PlotlyLayout): PlotlyLayout {
  const title = typeof own.title === 'string' ? { ...(axis.title as object), text: own.title } : own.title;
  return { ...axis, ...own, ...(title === undefined ? {} : { title }) };
}

/** @param color as `#rrggbb` */
export function rgbOf(color: string): Rgb {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16)) as unknown as Rgb;
}

/** @returns a CSS colour. */
export function cssColor(color: Rgb): string {
  return `rgb(${color.join(', ')})`;
}
